import { figure, table } from './report.ts';
import { INDEX_LINES, type ScaleRun, type ScaleSize, SERVER_LINES, STORED_LINES } from './scale-lines.ts';
import { percentile } from './statistics.ts';

const number = (value: number): string => value.toLocaleString('en-GB');
const ends = (ms: readonly number[] | undefined): readonly string[] =>
  ms === undefined || ms.length === 0 ? ['-', '-'] : [figure(percentile(ms, 0.5)), figure(percentile(ms, 0.99))];
const heads = (sizes: readonly ScaleSize[], unit: string): readonly string[] =>
  sizes.flatMap(({ loaded }) => [`${number(loaded.instances)}: ${unit}`, 'p99']);

function serverRow(sizes: readonly ScaleSize[], key: string, title: string): readonly string[] {
  const orthanc = sizes[0]?.orthanc?.get(key);
  return [title, ...sizes.flatMap(({ filmless }) => ends(filmless.server.get(key))), ...ends(orthanc)];
}

function storeRow(
  sizes: readonly ScaleSize[],
  title: string,
  of: (run: ScaleRun) => { perSecond: number; ms: readonly number[] },
) {
  const rates = sizes.map(({ filmless }) => of(filmless));
  const share = (rates.at(-1)?.perSecond ?? Number.NaN) / (rates[0]?.perSecond ?? Number.NaN);
  return [
    title,
    ...rates.flatMap(({ perSecond, ms }) => [figure(perSecond), figure(percentile(ms, 0.99))]),
    `**${figure(share)}**`,
  ];
}

/** The curve as tables: one column of a size for the median, one for the slowest of a hundred. */
export function scaleTables(sizes: readonly ScaleSize[]): string {
  const loaded = sizes.map(({ loaded: { instances, studies, bytes, seconds } }) => [
    number(instances),
    number(studies),
    figure(bytes / 1e6),
    figure(bytes / instances),
    figure(instances / seconds),
  ]);
  const stored = [
    storeRow(sizes, 'small objects, by the archive itself, 16 at once', ({ stored: one }) => one),
    ...STORED_LINES.map(({ key, title }) =>
      storeRow(sizes, `C-STORE, ${title}`, ({ sent }) => ({
        perSecond: sent.get(key)?.perSecond ?? Number.NaN,
        ms: sent.get(key)?.responseMs ?? [Number.NaN],
      })),
    ),
  ];
  return [
    table(['Instances', 'studies', 'index, MB', 'bytes an instance', 'loaded a second'], loaded),
    table(
      ['Asked of the index, ms', ...heads(sizes, 'p50')],
      INDEX_LINES.map(([key, title]) => [title, ...sizes.flatMap(({ filmless }) => ends(filmless.lines[key]?.ms))]),
    ),
    table(
      ['Asked of the server, ms', ...heads(sizes, 'p50'), `Orthanc, ${number(sizes[0]?.loaded.instances ?? 0)}: p50`, 'p99'],
      SERVER_LINES.map(({ key, title }) => serverRow(sizes, key, title)),
    ),
    table(
      ['Stored, instances a second', ...heads(sizes, 'a second').map((text) => text.replace('p99', 'p99, ms')), 'last / first'],
      stored,
    ),
  ].join('\n\n');
}

/** Drawn of the lines of the index, by key. */
const DRAWN: readonly (readonly [key: string, label: string, colour: string])[] = [
  ['first', 'first page', '#1f77b4'],
  ['patient', 'patient id', '#2ca02c'],
  ['frequent', 'frequent name', '#d62728'],
  ['rare', 'rare name', '#9467bd'],
  ['ends', 'end of a name', '#8c564b'],
  ['date-kind-name', 'month, modality, name', '#e377c2'],
  ['own-name', 'name, of a small facility', '#17becf'],
  ['instances', 'images of a series', '#7f7f7f'],
];
const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [860, 460, 60, 30, 210, 50];
const DECADES = [0.1, 1, 10, 100];

const y = (ms: number): number => {
  const share = (Math.log10(Math.max(ms, 0.1)) + 1) / 3;
  return HEIGHT - BOTTOM - Math.min(1, share) * (HEIGHT - TOP - BOTTOM);
};

/** The slowest of a hundred, both axes logarithmic. */
export function scaleCurve(sizes: readonly ScaleSize[]): string {
  const x = (at: number): number => LEFT + (at / Math.max(1, sizes.length - 1)) * (WIDTH - LEFT - RIGHT);
  const text = (left: number, top: number, words: string, more = '') =>
    `<text x="${left.toFixed(0)}" y="${top.toFixed(0)}" ${more}>${words}</text>`;
  const rule = (ms: number, style: string) =>
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(ms).toFixed(1)}" y2="${y(ms).toFixed(1)}" ${style}/>`;
  const grid = DECADES.map((ms) => rule(ms, 'stroke="#ccc"') + text(LEFT - 8, y(ms) + 4, String(ms), 'text-anchor="end"'));
  const columns = sizes.map(({ loaded }, at) =>
    text(x(at), HEIGHT - BOTTOM + 20, number(loaded.instances), 'text-anchor="middle"'),
  );
  const lines = DRAWN.flatMap(([key, label, colour], index) => {
    const points = sizes.map(
      ({ filmless }, at) => `${x(at).toFixed(1)},${y(percentile(filmless.lines[key]?.ms ?? [0.1], 0.99)).toFixed(1)}`,
    );
    const top = TOP + 10 + 20 * index;
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<line x1="${WIDTH - RIGHT + 20}" x2="${WIDTH - RIGHT + 40}" y1="${top}" y2="${top}" stroke="${colour}" stroke-width="2"/>`,
      text(WIDTH - RIGHT + 46, top + 4, label),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>Milliseconds of the slowest of a hundred questions, by the size of the index</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...grid,
    rule(50, 'stroke="#d62728" stroke-dasharray="6 4"'),
    text(LEFT + 6, y(50) - 5, '50 ms', 'fill="#d62728"'),
    ...columns,
    ...lines,
    text(LEFT, TOP - 12, 'ms, the slowest of a hundred, by instances kept'),
    '</svg>',
    '',
  ].join('\n');
}
