import type { ForwardedPair, ForwardLine } from './forwarding.ts';
import type { ReadLine } from './reading.ts';
import type { Pair, Run } from './results.ts';
import type { ServerName } from './servers.ts';
import { median, percentile } from './statistics.ts';
import type { StoreLine } from './storing.ts';

/** What stands around a measured part: of storing and reading, of Query/Retrieve, of sending on. */
const MARKS = {
  storing: ['<!-- bench:begin, written by npm run bench -->', '<!-- bench:end -->'],
  query: ['<!-- bench-query:begin, written by npm run bench -->', '<!-- bench-query:end -->'],
  scale: ['<!-- bench-scale:begin, written by npm run bench -- --scale -->', '<!-- bench-scale:end -->'],
  'scale-postgres': [
    '<!-- bench-scale-postgres:begin, written by npm run bench -- --scale --engine postgres -->',
    '<!-- bench-scale-postgres:end -->',
  ],
  series: ['<!-- bench-series:begin, written by npm run bench -->', '<!-- bench-series:end -->'],
  viewer: ['<!-- bench-viewer:begin, written by npm run bench -- --viewer -->', '<!-- bench-viewer:end -->'],
  forward: ['<!-- bench-forward:begin, written by npm run bench -->', '<!-- bench-forward:end -->'],
} as const;

/** Three figures are what such a measurement is good for: 1,234, 123, 12.3, 1.23. */
export function figure(value: number): string {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A table in Markdown; the first column is text, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}

const runsOf = (pairs: readonly Pair[], server: ServerName): readonly Run[] => pairs.map(({ runs }) => runs[server]);

function perSecond(runs: readonly Run[], key: string): readonly number[] {
  return runs.map((run) => run.stored.get(key)?.perSecond ?? Number.NaN);
}

function storeRow(pairs: readonly Pair[], { key, title }: StoreLine): readonly string[] {
  const [orthanc, filmless] = [runsOf(pairs, 'orthanc'), runsOf(pairs, 'filmless')];
  const [slow, fast] = [perSecond(orthanc, key), perSecond(filmless, key)];
  const ratios = fast.map((value, at) => value / (slow[at] ?? Number.NaN));
  const late = (runs: readonly Run[]) =>
    figure(
      percentile(
        runs.flatMap((run) => run.stored.get(key)?.responseMs ?? []),
        0.95,
      ),
    );
  const spread = `${figure(Math.min(...ratios))} to ${figure(Math.max(...ratios))}`;
  const others = [
    pairs.map((pair) => pair.floor.get(key) ?? Number.NaN),
    pairs.map((pair) => pair.ceiling.get(key) ?? Number.NaN),
  ];
  return [
    title,
    figure(median(slow)),
    figure(median(fast)),
    `**${figure(median(ratios))}**`,
    spread,
    late(orthanc),
    late(filmless),
    ...others.map((values) => figure(median(values))),
  ];
}

function readRow(pairs: readonly Pair[], { key, title }: ReadLine): readonly string[] {
  const times = (server: ServerName) => runsOf(pairs, server).flatMap((run) => run.read.get(key) ?? []);
  const ratios = pairs.map(({ runs }) => median(runs.orthanc.read.get(key) ?? []) / median(runs.filmless.read.get(key) ?? []));
  const [slow, fast] = [times('orthanc'), times('filmless')];
  const each = [median(slow), median(fast)].map(figure);
  const late = [percentile(slow, 0.95), percentile(fast, 0.95)].map(figure);
  return [
    title,
    ...each,
    `**${figure(median(ratios))}**`,
    `${figure(Math.min(...ratios))} to ${figure(Math.max(...ratios))}`,
    ...late,
  ];
}

function memoryRow(pairs: readonly Pair[], title: string, of: (run: Run) => number): readonly string[] {
  const megabytes = (server: ServerName) => figure(median(runsOf(pairs, server).map(of)) / 1e6);
  return [title, megabytes('orthanc'), megabytes('filmless')];
}

/** The three tables. */
export function tables(pairs: readonly Pair[], storeLines: readonly StoreLine[], readLines: readonly ReadLine[]): string {
  const ratio = ['times Orthanc', 'lowest to highest pair'];
  const storeHead = [
    'C-STORE, instances a second',
    'Orthanc',
    'Filmless',
    ...ratio,
    'p95 of a response, Orthanc, ms',
    'Filmless, ms',
  ];
  const readHead = ['Reading, ms', 'Orthanc', 'Filmless', ...ratio, 'p95, Orthanc', 'p95, Filmless'];
  return [
    table(
      [...storeHead, 'disk alone', 'sender alone'],
      storeLines.map((line) => storeRow(pairs, line)),
    ),
    table(
      readHead,
      readLines.map((line) => readRow(pairs, line)),
    ),
    table(
      ['Memory of the process tree, MB', 'Orthanc', 'Filmless'],
      [
        memoryRow(pairs, 'highest', ({ peakBytes }) => peakBytes),
        memoryRow(pairs, 'five seconds after the last request', ({ afterBytes }) => afterBytes),
      ],
    ),
  ].join('\n\n');
}

/** A line for each way of sending on. */
export function forwardTable(pairs: Readonly<Record<ForwardLine, readonly ForwardedPair[]>>): string {
  const row = (title: string, of: readonly ForwardedPair[]) => {
    const ratios = of.map(({ orthanc, filmless }) => filmless / orthanc);
    const each = [of.map(({ orthanc }) => orthanc), of.map(({ filmless }) => filmless)].map((rates) => figure(median(rates)));
    const spread = `${figure(Math.min(...ratios))} to ${figure(Math.max(...ratios))}`;
    return [title, ...each, `**${figure(median(ratios))}**`, spread];
  };
  return table(
    ['CT 512x512 sent on, images a second', 'Orthanc', 'Filmless', 'times Orthanc', 'lowest to highest pair'],
    [row('by C-STORE', pairs.dimse), row('by STOW-RS', pairs.stow)],
  );
}

/** Puts the measured part into the document, in place of the one before. Throws when the document has no place for it. */
export function replaceMeasured(document: string, measured: string, part: keyof typeof MARKS = 'storing'): string {
  const [first, last] = MARKS[part];
  const [begin, end] = [document.indexOf(first), document.indexOf(last)];
  if (begin < 0 || end < begin) {
    throw new Error(`the document needs the lines ${first} and ${last}, the tables go between them`);
  }
  return `${document.slice(0, begin)}${first}\n\n${measured}\n\n${document.slice(end)}`;
}
