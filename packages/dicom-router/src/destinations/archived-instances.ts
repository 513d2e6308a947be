import { Filler, type OutgoingPart, piecesOf, takeParts } from '@filmless/dicom';
import { askArchive, type InstanceName, openArchived, type ReadingArchive } from './archive-reader.ts';
import { type ArchivedDataSet, openDataSet } from './archived-data-set.ts';

/** Instances in a row that a series does not give before it is left: something else is listed than is there. */
const MOST_MISSES = 3;
/** Parts of a series that are looked at for an instance: what arrived since it was listed is passed over. */
const PARTS_AHEAD = 2;

/** Fewer of a series are asked for one by one: they need not be all of it. */
const MANY = 8;

/** Of what is to be opened in this order, whether enough is of one series to ask for the whole of it. */
export function wholeSeriesOf(instances: readonly InstanceName[]): (instance: InstanceName) => boolean {
  const counts = new Map<string, number>();
  for (const { seriesInstanceUid } of instances) {
    counts.set(seriesInstanceUid, (counts.get(seriesInstanceUid) ?? 0) + 1);
  }
  return ({ seriesInstanceUid }) => (counts.get(seriesInstanceUid) ?? 0) >= MANY;
}

/**
 * The archived instances of one retrieval or delivery, opened in their order. Where they are whole series, each series is asked for at
 * once, which the archive answers with far less work; what it does not give so is asked for by itself.
 */
export class ArchivedInstances {
  readonly #reading: ReadingArchive;
  readonly #wholeSeries: (instance: InstanceName) => boolean;
  #series: string | undefined;
  readonly #left = new Set<string>();
  #parts: AsyncIterator<OutgoingPart> | undefined;
  readonly #waiting: OutgoingPart[] = [];
  #misses = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(reading: ReadingArchive, wholeSeries: boolean | ((instance: InstanceName) => boolean)) {
    this.#reading = reading;
    this.#wholeSeries = typeof wholeSeries === 'boolean' ? () => wholeSeries : wholeSeries;
  }

  /** @throws RouterError as `openArchived` */
  async open(instance: InstanceName, transferSyntaxUid: string | undefined): Promise<ArchivedDataSet> {
    const isOfSeries = transferSyntaxUid === undefined && this.#wholeSeries(instance);
    const part = isOfSeries ? await this.#inTurn(() => this.#partOf(instance)) : undefined;
    if (part !== undefined) {
      const { buffers } = this.#reading;
      const opened = await openDataSet(new Filler(piecesOf(part.body), buffers), buffers).catch(() => undefined);
      if (opened !== undefined) {
        return opened;
      }
    }
    return await openArchived(this.#reading, instance, transferSyntaxUid);
  }

  /** Asks for what will be opened first, while it is not known yet in which transfer syntaxes. */
  begin(first: InstanceName): void {
    if (this.#wholeSeries(first)) {
      void this.#inTurn(async () => {
        await this.#enter(first);
        await this.#next();
      }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#inTurn(() => this.#leave());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #partOf(instance: InstanceName): Promise<OutgoingPart | undefined> {
    const { sopInstanceUid } = instance;
    await this.#enter(instance);
    for (let looked = 0; this.#parts !== undefined && looked < PARTS_AHEAD; looked += 1) {
      const part = this.#waiting[looked] ?? (await this.#next());
      if (part !== undefined && part.headers['content-location']?.endsWith(`/instances/${sopInstanceUid}`) === true) {
        await letGo(this.#waiting.splice(0, looked + 1).slice(0, -1));
        this.#misses = 0;
        return part;
      }
    }
    this.#misses += 1;
    if (this.#misses >= MOST_MISSES) {
      await this.#leave();
    }
    return undefined;
  }

  async #enter({ studyInstanceUid, seriesInstanceUid }: InstanceName): Promise<void> {
    const series = `/dicom-web/studies/${studyInstanceUid}/series/${seriesInstanceUid}`;
    if (series !== this.#series) {
      await this.#leave();
      this.#series = series;
      this.#parts = this.#left.has(series) ? undefined : await this.#begin(series);
    }
  }

  /** Its parts, where they can be had as such. What it fails with, its instances fail with one by one. */
  async #begin(series: string): Promise<AsyncIterator<OutgoingPart> | undefined> {
    const { body } = await askArchive(this.#reading, series, '*').catch(() => ({ body: null }));
    const parts = body === null ? undefined : takeParts(body);
    if (parts === undefined) {
      await body?.cancel();
    }
    return parts;
  }

  async #next(): Promise<OutgoingPart | undefined> {
    const { done, value } = (await this.#parts?.next().catch(() => undefined)) ?? { done: true, value: undefined };
    if (done === true) {
      return undefined;
    }
    this.#waiting.push(value);
    return value;
  }

  async #leave(): Promise<void> {
    const parts = this.#parts;
    this.#parts = undefined;
    this.#misses = 0;
    if (this.#series !== undefined) {
      this.#left.add(this.#series);
    }
    await letGo(this.#waiting.splice(0));
    await parts?.return?.().catch(() => undefined);
  }
}

async function letGo(parts: readonly OutgoingPart[]): Promise<void> {
  for (const { body } of parts) {
    if (body instanceof ReadableStream) {
      await body.cancel().catch(() => undefined);
    }
  }
}
