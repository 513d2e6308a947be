import type { FindLine } from './query-lines.ts';
import { figure, table } from './report.ts';
import { median, percentile } from './statistics.ts';

export type QueryServer = 'dcmqrscp' | 'orthanc' | 'filmless';

export interface QueryRun {
  /** Milliseconds of each question, by line. */
  readonly find: ReadonlyMap<string, readonly number[]>;
  /** Images a second. */
  readonly move: number;
  readonly get: number;
  /** Bytes of resident memory more than before, by what was done. */
  readonly memory: ReadonlyMap<string, number>;
}

type Runs = ReadonlyMap<QueryServer, QueryRun>;

const SERVERS = ['dcmqrscp', 'orthanc', 'filmless'] as const;

function findRow(runs: Runs, { key, title }: FindLine): readonly string[] {
  const times = SERVERS.map((server) => runs.get(server)?.find.get(key) ?? []);
  const [, orthanc = [], filmless = []] = times;
  const each = times.map((samples) => (samples.length === 0 ? '-' : figure(median(samples))));
  const ratio = orthanc.length === 0 ? '-' : `**${figure(median(orthanc) / median(filmless))}**`;
  return [title, ...each, ratio, figure(percentile(filmless, 0.95))];
}

function rateRow(runs: Runs, title: string, of: (run: QueryRun) => number): readonly string[] {
  const [dcmqrscp = Number.NaN, orthanc = Number.NaN, filmless = Number.NaN] = SERVERS.map((server) => {
    const run = runs.get(server);
    return run === undefined ? Number.NaN : of(run);
  });
  return [title, ...[dcmqrscp, orthanc, filmless].map(figure), `**${figure(filmless / orthanc)}**`];
}

/** The tables of Query/Retrieve. */
export function queryTables(runs: Runs, lines: readonly FindLine[]): string {
  const memory = [...(runs.get('filmless')?.memory ?? [])].map(([title, bytes]) => [title, figure(bytes / 1e6)]);
  return [
    table(
      ['C-FIND of studies, ms', 'dcmqrscp', 'Orthanc', 'Filmless', 'times Orthanc', 'p95, Filmless'],
      lines.map((line) => findRow(runs, line)),
    ),
    table(
      ['CT 512x512, images a second, 1 association', 'dcmqrscp', 'Orthanc', 'Filmless', 'times Orthanc'],
      [rateRow(runs, 'C-MOVE', ({ move }) => move), rateRow(runs, 'C-GET', ({ get }) => get)],
    ),
    table(['Memory of Filmless, MB more than before', 'at most'], memory),
  ].join('\n\n');
}
