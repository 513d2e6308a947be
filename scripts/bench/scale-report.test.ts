import { describe, expect, it } from 'vitest';
import { INDEX_LINES, type ScaleRun, type ScaleSize } from './scale-lines.ts';
import { scaleCurve, scaleTables } from './scale-report.ts';

const sized = (instances: number, ms: number, perSecond: number): ScaleSize => {
  const times = Array.from({ length: 100 }, () => ms);
  const filmless: ScaleRun = {
    lines: Object.fromEntries(INDEX_LINES.map(([key]) => [key, { ms: times }])),
    stored: { perSecond, ms: times },
    server: new Map([['web-name', times]]),
    sent: new Map([['ct-4', { perSecond, responseMs: times }]]),
    memory: 0,
  };
  return { size: instances, loaded: { studies: instances / 5, instances, seconds: 10, bytes: 1700 * instances }, filmless };
};

describe('the report of sizes', () => {
  const sizes = [sized(10_000, 1, 1000), sized(10_000_000, 20, 900)];

  it('has a row for each question and two columns for each size', () => {
    const text = scaleTables([{ ...sizes[0], orthanc: new Map([['web-name', [7, 7]]]) } as ScaleSize, ...sizes.slice(1)]);
    expect(text).toContain('| 10,000,000 | 2,000,000 | 17,000 | 1,700 | 1,000,000 |');
    expect(text).toContain('| list, first page | 1.00 | 1.00 | 20.0 | 20.0 |');
    expect(text).toContain('| QIDO-RS, by name | 1.00 | 1.00 | 20.0 | 20.0 | 7.00 | 7.00 |');
    expect(text).toContain('| C-STORE, CT 512x512, 4 associations | 1,000 | 1.00 | 900 | 20.0 | **0.90** |');
  });

  it('is drawn with a line for each question and the bound', () => {
    const drawn = scaleCurve(sizes);
    expect(drawn.match(/<polyline/g)).toHaveLength(8);
    expect(drawn).toContain('50 ms');
    expect(drawn).not.toContain('NaN');
  });
});
