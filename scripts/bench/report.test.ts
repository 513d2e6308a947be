import { describe, expect, it } from 'vitest';
import type { ReadLine } from './reading.ts';
import { figure, replaceMeasured, table, tables } from './report.ts';
import type { Pair, Run } from './results.ts';
import type { StoreLine } from './storing.ts';

const STORE_LINE: StoreLine = { key: 'ct-4', title: 'CT, 4', size: 512, perStudy: 100, associations: 4 };
const READ_LINE: ReadLine = {
  key: 'frame',
  title: 'Frame',
  request: () => ({ path: '/', accept: '*/*' }),
  fault: () => undefined,
};

function run(perSecond: number, ms: number, bytes: number): Run {
  return {
    stored: new Map([['ct-4', { perSecond, responseMs: [10, 20] }]]),
    read: new Map([['frame', [ms, ms, ms]]]),
    peakBytes: bytes,
    afterBytes: bytes / 2,
  };
}

function pair(orthanc: Run, filmless: Run): Pair {
  return { runs: { orthanc, filmless }, floor: new Map([['ct-4', 1745]]), ceiling: new Map([['ct-4', 4000]]), othersShare: 0 };
}

describe('the report', () => {
  it.each([
    [1234.5, '1,235'],
    [99.96, '100'],
    [12.34, '12.3'],
    [9.994, '9.99'],
    [0.5, '0.50'],
  ])('writes %d as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });

  it('aligns the first column left and figures right', () => {
    expect(table(['a', 'b'], [['x', '1']])).toBe('| a | b |\n|---|---:|\n| x | 1 |');
  });

  it('takes the median of the ratios within the pairs, and for times the inverse ratio, so that above 1 Filmless is ahead', () => {
    const pairs = [
      pair(run(100, 8, 100e6), run(200, 2, 300e6)),
      pair(run(100, 8, 100e6), run(300, 4, 300e6)),
      pair(run(1000, 8, 100e6), run(1000, 8, 300e6)),
    ];
    const text = tables(pairs, [STORE_LINE], [READ_LINE]);
    expect(text).toContain('| CT, 4 | 100 | 300 | **2.00** | 1.00 to 3.00 | 20.0 | 20.0 | 1,745 | 4,000 |');
    expect(text).toContain('| Frame | 8.00 | 4.00 | **2.00** | 1.00 to 4.00 | 8.00 | 8.00 |');
    expect(text).toContain('| highest | 100 | 300 |');
    expect(text).toContain('| five seconds after the last request | 50.0 | 150 |');
  });

  it('replaces only what is between the marks', () => {
    const document = '# Title\n<!-- bench:begin, written by npm run bench -->\nold\n<!-- bench:end -->\nrest\n';
    const once = replaceMeasured(document, 'new');
    expect(once).toBe('# Title\n<!-- bench:begin, written by npm run bench -->\n\nnew\n\n<!-- bench:end -->\nrest\n');
    expect(replaceMeasured(once, 'new')).toBe(once);
  });

  it('knows the place of each part', () => {
    const document =
      '<!-- bench:begin, written by npm run bench -->\n<!-- bench:end -->\n<!-- bench-query:begin, written by npm run bench -->\nold\n<!-- bench-query:end -->\n';
    const written = replaceMeasured(document, 'new', 'query');
    expect(written).toContain('bench-query:begin, written by npm run bench -->\n\nnew\n\n<!-- bench-query:end');
    expect(written).toContain('<!-- bench:begin, written by npm run bench -->\n<!-- bench:end -->');
  });

  it('says so when the document has no place for the tables', () => {
    expect(() => replaceMeasured('# Title\n', 'new')).toThrow('bench:begin');
  });
});
