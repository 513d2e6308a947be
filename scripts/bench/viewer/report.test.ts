import { describe, expect, it } from 'vitest';
import { viewerTables } from './report.ts';
import type { ViewerRuns } from './run.ts';
import { benchStudy } from './studies.ts';
import type { Opened } from './timeline.ts';

const opened = (firstMs: number, fullMs: number): Opened => ({ firstMs, fullMs, firstBytes: 60_000, fullBytes: 600_000 });
const memory = (megabytes: number) => ({ renderer: megabytes * 1e6, drawing: 2e6 });

const RUNS: ViewerRuns = {
  opening: [
    {
      study: benchStudy('dx'),
      kind: 'navigation',
      opened: { ohif: [opened(1000, 1100), opened(1200, 1300)], filmless: [opened(200, 500), opened(240, 600)] },
    },
  ],
  scrolling: {
    ohif: [{ pixels: 500_000, stack: 20, planes: 4 }],
    filmless: [
      { pixels: 800_000, stack: 30, planes: undefined },
      { pixels: 800_000, stack: 40, planes: undefined },
    ],
  },
  reading: {
    ohif: [{ studies: 8, highest: memory(900), last: memory(700) }],
    filmless: [{ studies: 12, highest: memory(500), last: memory(300) }],
  },
  planes: { ohif: [memory(2000)], filmless: [undefined] },
};

describe('the tables of the viewers', () => {
  it('have medians of both, and how many times sooner the first image is', () => {
    expect(viewerTables(RUNS)).toContain(
      '| DX, 3,000 x 3,000, from navigation | 1,100 | 220 | **5.00** | 1,190 | 238 | 1,200 | 550 | 60.0 | 60.0 | 600 | 600 |',
    );
  });

  it('say nothing of planes where a viewer has none', () => {
    const text = viewerTables(RUNS);
    expect(text).toContain('| pixels of the canvas, thousands | 500 | 800 | – |');
    expect(text).toContain('| images a second in a stack of 500 slices, by the wheel | 20.0 | 35.0 | 20 |');
    expect(text).toContain('| 4.00 | – | 5 |');
    expect(text).toContain('| highest, three planes of 1,000 slices: the page | 2,000 | – | – |');
  });

  it('have the memory of the page and of what draws', () => {
    const text = viewerTables(RUNS);
    expect(text).toContain('| highest while reading: the page | 900 | 500 | – |');
    expect(text).toContain('| at the end: the page | 700 | 300 | – |');
    expect(text).toContain('| studies read | 8.00 | 12.0 | – |');
  });

  it('leave out what was not measured', () => {
    const none = { ohif: [], filmless: [] };
    expect(viewerTables({ opening: RUNS.opening, scrolling: none, reading: none, planes: none }).split('\n')).toHaveLength(3);
  });
});
