import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Batch, CT_IMAGE_STORAGE, makeBatch, STUDY_SIZE } from './objects.ts';
import { type Place, runPython } from './processes.ts';
import type { Server } from './servers.ts';

/** One way of sending. */
export interface StoreLine {
  readonly key: string;
  readonly title: string;
  /** Rows and columns of the images. */
  readonly size: number;
  readonly perStudy: number;
  readonly associations: number;
}

const ct = (associations: number): StoreLine => ({
  key: `ct-${associations}`,
  title: `CT 512x512, ${associations} association${associations === 1 ? '' : 's'}`,
  size: 512,
  perStudy: STUDY_SIZE.ct,
  associations,
});

export const STORE_LINES: readonly StoreLine[] = [
  ct(1),
  ct(4),
  ct(16),
  { key: 'small-4', title: '16x16, 4 associations', size: 16, perStudy: STUDY_SIZE.small, associations: 4 },
];

export interface Stored {
  /** Instances a second, from the first byte of the first to QIDO's finding of the last. */
  readonly perSecond: number;
  /** From the first byte of each C-STORE request to its response. */
  readonly responseMs: readonly number[];
}

export interface Target {
  readonly httpPort: number;
  readonly dicomPort: number;
  readonly aeTitle: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SEND_MS = 600_000;
const FIND = '/dicom-web/studies/%s/series/%s/instances?SOPInstanceUID=%s';

/** What the sender printed; it is our own program, and still another process. */
export function parseSent(text: string, count: number): Stored {
  const value: unknown = JSON.parse(text);
  const { seconds, responseMs } = value as { seconds?: unknown; responseMs?: unknown };
  if (typeof seconds !== 'number' || !Array.isArray(responseMs) || responseMs.length !== count) {
    throw new Error('the sender did not say how long each of the instances took');
  }
  return { perSecond: count / seconds, responseMs: responseMs.map(Number) };
}

/** Sends a batch. `place` takes the job's files. `find: false` where nobody answers QIDO. */
export async function send(
  target: Target,
  line: StoreLine,
  batch: Batch,
  count: number,
  place: Place,
  find = true,
): Promise<Stored> {
  const [job, dataSet] = [join(place.folder, 'job.json'), join(place.folder, 'data-set')];
  await writeFile(dataSet, batch.dataSet);
  const { studies, perStudy, instanceUid, fields } = batch;
  await writeFile(
    job,
    JSON.stringify({
      host: '127.0.0.1',
      port: target.dicomPort,
      httpPort: target.httpPort,
      headers: target.headers,
      find: find ? FIND : null,
      called: target.aeTitle,
      calling: 'BENCH',
      timeout: 60,
      associations: line.associations,
      count,
      sopClass: CT_IMAGE_STORAGE,
      dataSet,
      studies,
      perStudy,
      instanceUid,
      fields,
    }),
  );
  return parseSent(await runPython('send.py', [job], SEND_MS, place.signal), count);
}

/** Sends a line's instances, new ones each time, and gives what is now in the archive. */
export async function store(
  server: Server,
  line: StoreLine,
  count: number,
  place: Place,
): Promise<{ readonly stored: Stored; readonly batch: Batch }> {
  const batch = makeBatch(line.size, count, line.perStudy);
  return { batch, stored: await send(server, line, batch, count, place) };
}
