import { figure, table } from '../report.ts';
import { median, percentile } from '../statistics.ts';
import type { AppName } from './apps.ts';
import type { BrowserMemory } from './browser.ts';
import type { OpeningLine, ViewerRuns } from './run.ts';
import type { Opened } from './timeline.ts';

const APPS: readonly AppName[] = ['ohif', 'filmless'];
/** Nothing was measured. */
const NONE = '–';

function openingRow({ study, kind, opened }: OpeningLine): readonly string[] {
  const of = (name: AppName, value: (one: Opened) => number) => opened[name].map(value);
  const middles = (value: (one: Opened) => number, scale = 1) => APPS.map((name) => figure(median(of(name, value)) / scale));
  const first = (one: Opened) => one.firstMs;
  const sooner = median(of('ohif', first)) / median(of('filmless', first));
  const late = APPS.map((name) => figure(percentile(of(name, first), 0.95)));
  return [
    `${study.title}, ${kind === 'click' ? 'from the click in the list' : 'from navigation'}`,
    ...middles(first),
    `**${figure(sooner)}**`,
    ...late,
    ...middles((one) => one.fullMs),
    ...middles((one) => one.firstBytes, 1000),
    ...middles((one) => one.fullBytes, 1000),
  ];
}

const OPENING_HEAD = [
  'Opening a study',
  'first image, ms, OHIF',
  'Filmless',
  'times OHIF',
  'p95, OHIF',
  'p95, Filmless',
  'full quality, ms, OHIF',
  'Filmless',
  'kB to the first image, OHIF',
  'Filmless',
  'kB to full quality, OHIF',
  'Filmless',
];

/** At the median, or nothing where one of them has none. */
function middle(values: readonly (number | undefined)[], scale = 1): string {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 || known.length < values.length ? NONE : figure(median(known) / scale);
}

function memoryRows(
  title: string,
  of: (name: AppName) => readonly (BrowserMemory | undefined)[],
): readonly (readonly string[])[] {
  const cells = (value: (memory: BrowserMemory) => number) =>
    APPS.map((name) =>
      middle(
        of(name).map((memory) => memory && value(memory)),
        1e6,
      ),
    );
  return [
    [`${title}: the page`, ...cells(({ renderer }) => renderer), NONE],
    [`${title}: what draws for it, WebGL by the processor`, ...cells(({ drawing }) => drawing), NONE],
  ];
}

/** The tables, of those parts that were measured. */
export function viewerTables({ opening, scrolling, reading, planes }: ViewerRuns): string {
  const rates = [
    [
      'pixels of the canvas, thousands',
      ...APPS.map((name) =>
        middle(
          scrolling[name].map(({ pixels }) => pixels),
          1000,
        ),
      ),
      NONE,
    ],
    [
      'images a second in a stack of 500 slices, by the wheel',
      ...APPS.map((name) => middle(scrolling[name].map(({ stack }) => stack))),
      '20',
    ],
    [
      'pictures a second in three planes of it, all planes together',
      ...APPS.map((name) => middle(scrolling[name].map((one) => one.planes))),
      '5',
    ],
  ];
  const memory = [
    ...(reading.ohif.length === 0
      ? []
      : [
          ['studies read', ...APPS.map((name) => middle(reading[name].map(({ studies }) => studies))), NONE],
          ...memoryRows('highest while reading', (name) => reading[name].map(({ highest }) => highest)),
          ...memoryRows('at the end', (name) => reading[name].map(({ last }) => last)),
        ]),
    ...(planes.ohif.length === 0 ? [] : memoryRows('highest, three planes of 1,000 slices', (name) => planes[name])),
  ];
  return [
    ...(opening.length === 0 ? [] : [table(OPENING_HEAD, opening.map(openingRow))]),
    ...(scrolling.ohif.length === 0 ? [] : [table(['Scrolling', 'OHIF', 'Filmless', 'aim, at least'], rates)]),
    ...(memory.length === 0 ? [] : [table(['Memory, MB', 'OHIF', 'Filmless', ''], memory)]),
  ].join('\n\n');
}
