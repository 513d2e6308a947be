import { expect, it } from 'vitest';
import { FIND_LINES } from './query-lines.ts';
import { type Found, type QueryRun, type QueryRuns, queryTables } from './query-report.ts';

const found = (ms: number, matches: number): Found => ({ ms: [ms, ms, ms], matches: [matches, matches, matches + 3] });
const run = (ms: number, rate: number): QueryRun => ({
  find: new Map([['accession', found(ms, 1)]]),
  move: rate,
  get: rate * 2,
  memory: new Map(),
});

it('shows the medians of the rounds, Filmless in relation to both, and what only Filmless was asked', () => {
  const last: QueryRun = {
    ...run(4, 300),
    find: new Map([
      ['accession', found(4, 1)],
      ['images', found(3, 25)],
    ]),
    memory: new Map([['64 idle associations', 12_300_000]]),
  };
  const runs: QueryRuns = {
    dcmqrscp: [run(20, 50), run(20, 50), run(20, 100)],
    orthanc: [run(8, 100), run(8, 100), run(80, 100)],
    filmless: [run(2, 300), run(2, 200), last],
  };
  const text = queryTables(
    runs,
    FIND_LINES.filter(({ key }) => key === 'accession' || key === 'images'),
  );
  expect(text).toContain(
    '| by accession number | 2.00 | 2.00 | 20.0 | 8.00 | 2.00 | **10.0** | 5.00 to 10.0 | **4.00** | 4.00 to 20.0 | 4.00 |',
  );
  expect(text).toContain('| images of a series, 25 to 100 | - | - | - | - | 3.00 | - | - | - | - | 3.00 |');
  expect(text).toContain('| C-MOVE | 50.0 | 100 | 300 | **4.00** | 3.00 to 6.00 | **3.00** | 2.00 to 3.00 |');
  expect(text).toContain('| 64 idle associations | 12.3 |');
});
