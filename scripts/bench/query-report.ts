import type { FindLine } from './query-lines.ts';
import { figure, table } from './report.ts';
import { median, percentile } from './statistics.ts';

export const QUERY_SERVERS = ['dcmqrscp', 'orthanc', 'filmless'] as const;

export type QueryServer = (typeof QUERY_SERVERS)[number];

/** Of each question of a line. */
export interface Found {
  readonly ms: readonly number[];
  readonly matches: readonly number[];
}

/** One round of a server. */
export interface QueryRun {
  /** By line. */
  readonly find: ReadonlyMap<string, Found>;
  /** Images a second. */
  readonly move: number;
  readonly get: number;
  /** Bytes of resident memory more than before, by what was done; empty when that was not measured. */
  readonly memory: ReadonlyMap<string, number>;
}

/** The rounds of each server. */
export type QueryRuns = Readonly<Record<QueryServer, readonly QueryRun[]>>;

const HEAD = ['dcmqrscp', 'Orthanc', 'Filmless', 'times dcmqrscp', 'lowest to highest', 'times Orthanc', 'lowest to highest'];

/** One figure of each round, by server; a ratio above 1 says that Filmless is ahead. */
function compared(values: Readonly<Record<QueryServer, readonly number[]>>, ratio: (peer: number, own: number) => number) {
  const times = (peers: readonly number[]): readonly string[] => {
    const ratios = peers.map((peer, round) => ratio(peer, values.filmless[round] ?? Number.NaN));
    return ratios.length === 0
      ? ['-', '-']
      : [`**${figure(median(ratios))}**`, `${figure(Math.min(...ratios))} to ${figure(Math.max(...ratios))}`];
  };
  const each = QUERY_SERVERS.map((server) => (values[server].length === 0 ? '-' : figure(median(values[server]))));
  return [...each, ...times(values.dcmqrscp), ...times(values.orthanc)];
}

const ofRounds = (runs: QueryRuns, of: (run: QueryRun) => readonly number[]) => ({
  dcmqrscp: runs.dcmqrscp.flatMap(of),
  orthanc: runs.orthanc.flatMap(of),
  filmless: runs.filmless.flatMap(of),
});

function findRow(runs: QueryRuns, { key, title }: FindLine): readonly string[] {
  const found = ofRounds(runs, ({ find }) => {
    const times = find.get(key)?.ms;
    return times === undefined ? [] : [median(times)];
  });
  const matches = [runs.dcmqrscp, runs.filmless].map(([run]) => {
    const each = run?.find.get(key)?.matches ?? [];
    return each.length === 0 ? '-' : figure(each.reduce((sum, count) => sum + count, 0) / each.length);
  });
  const late = percentile(
    runs.filmless.flatMap(({ find }) => find.get(key)?.ms ?? []),
    0.95,
  );
  return [title, ...matches, ...compared(found, (peer, own) => peer / own), figure(late)];
}

function rateRow(runs: QueryRuns, title: string, of: (run: QueryRun) => number): readonly string[] {
  const rates = ofRounds(runs, (run) => [of(run)]);
  return [title, ...compared(rates, (peer, own) => own / peer)];
}

/** The tables of Query/Retrieve: medians of the rounds. */
export function queryTables(runs: QueryRuns, lines: readonly FindLine[]): string {
  const memory = runs.filmless.flatMap((run) => [...run.memory].map(([title, bytes]) => [title, figure(bytes / 1e6)]));
  return [
    table(
      ['C-FIND, ms', 'matches, dcmqrscp', 'Filmless', ...HEAD, 'p95, Filmless'],
      lines.map((line) => findRow(runs, line)),
    ),
    table(
      ['CT 512x512, images a second, 1 association', ...HEAD],
      [rateRow(runs, 'C-MOVE', ({ move }) => move), rateRow(runs, 'C-GET', ({ get }) => get)],
    ),
    table(['Memory of Filmless, MB more than before', 'at most'], memory),
  ].join('\n\n');
}
