import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpReader } from './http-reader.ts';
import type { Batch } from './objects.ts';
import type { Place } from './processes.ts';
import { JSON_TYPE, read, seriesPath } from './reading.ts';
import { figure, table } from './report.ts';
import { SERIES_LINES, SERIES_STORE_LINES } from './series-lines.ts';
import { type Server, type ServerName, startServer } from './servers.ts';
import { median, percentile } from './statistics.ts';
import { store } from './storing.ts';

/** Filmless makes the text of a series when nothing came for a while; Orthanc is given the same time. */
const REST_MS = 30_000;

/** Of each line: the time of each request in ms. */
type Times = ReadonlyMap<string, readonly number[]>;

export interface SeriesRuns {
  readonly orthanc: readonly Times[];
  readonly filmless: readonly Times[];
  /** Bytes of the gzip answer to metadata of 600 slices, by Filmless and by Orthanc where it compresses. */
  readonly gzipBytes: Readonly<Record<ServerName, number>>;
}

async function gzipBytes(server: Server, batch: Batch): Promise<number> {
  using reader = new HttpReader(server.httpPort);
  const headers = { ...server.headers, accept: JSON_TYPE, 'accept-encoding': 'gzip' };
  return (await reader.ask(`${seriesPath(batch, 0)}/metadata`, headers)).bytes;
}

async function runServer(name: ServerName, repeats: number, place: Place): Promise<{ times: Times; bytes: number }> {
  await using server = await startServer(name, { ...place, folder: join(place.folder, name) });
  const batches: Batch[] = [];
  for (const line of SERIES_STORE_LINES) {
    batches.push((await store(server, line, line.perStudy, place)).batch);
  }
  await sleep(REST_MS, undefined, { signal: place.signal });
  const times = new Map<string, readonly number[]>();
  for (const line of SERIES_LINES) {
    const ct = batches[line.of];
    if (ct === undefined) {
      throw new Error(`${line.title} is about nothing that was stored`);
    }
    const count = Math.min(repeats, line.most ?? repeats);
    times.set(line.key, await read(server, line, { ct, batches }, count, place.signal));
  }
  const [first] = batches;
  return { times, bytes: first === undefined ? Number.NaN : await gzipBytes(server, first) };
}

/** Orthanc and Filmless in turn, each fresh; `pairs` times. */
export async function runSeries(
  pairs: number,
  repeats: number,
  place: Place,
  between: () => Promise<void>,
  say: (text: string) => void,
): Promise<SeriesRuns> {
  const runs = { orthanc: [] as Times[], filmless: [] as Times[] };
  const bytes = { orthanc: Number.NaN, filmless: Number.NaN };
  for (let pair = 0; pair < pairs; pair++) {
    for (const name of pair % 2 === 0 ? (['orthanc', 'filmless'] as const) : (['filmless', 'orthanc'] as const)) {
      await between();
      const result = await runServer(name, repeats, place);
      runs[name].push(result.times);
      bytes[name] = result.bytes;
      await rm(join(place.folder, name), { recursive: true });
      const told = SERIES_LINES.map(({ key }) => `${key} ${figure(median(result.times.get(key) ?? []))}`).join(', ');
      say(`${name}: ${told} ms`);
    }
  }
  return { ...runs, gzipBytes: bytes };
}

/** The table, with what is aimed at. */
export function seriesTable({ orthanc, filmless, gzipBytes: bytes }: SeriesRuns): string {
  const timesOf = (runs: readonly Times[], key: string) => runs.flatMap((run) => run.get(key) ?? []);
  const rows = SERIES_LINES.map(({ key, title, target }) => {
    const [slow, fast] = [timesOf(orthanc, key), timesOf(filmless, key)];
    const ratios = filmless.map((run, at) => median(orthanc[at]?.get(key) ?? []) / median(run.get(key) ?? []));
    const times = [median(slow), median(fast)].map(figure);
    const late = [percentile(slow, 0.95), percentile(fast, 0.95)].map(figure);
    return [title, ...times, `**${figure(median(ratios))}**`, ...late, figure(target)];
  });
  const head = ['Whole series, ms', 'Orthanc', 'Filmless', 'times Orthanc', 'p95, Orthanc', 'p95, Filmless', 'aim, at most'];
  const slices = SERIES_STORE_LINES[1]?.perStudy ?? 0;
  const megabytes = (runs: readonly Times[]) => figure((slices * 0.526_4) / (median(timesOf(runs, 'study-1000')) / 1000));
  return [
    table(head, rows),
    '',
    `The study of ${slices.toLocaleString('en-GB')} slices: Orthanc ${megabytes(orthanc)} MB a second, Filmless ${megabytes(filmless)}. ` +
      `Metadata of 600 slices with gzip: Orthanc ${figure(bytes.orthanc / 1000)} kB, Filmless ${figure(bytes.filmless / 1000)} kB.`,
  ].join('\n');
}
