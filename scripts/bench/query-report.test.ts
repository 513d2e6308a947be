import { expect, it } from 'vitest';
import { FIND_LINES } from './query-lines.ts';
import { type QueryRun, type QueryServer, queryTables } from './query-report.ts';

const run = (ms: number, rate: number): QueryRun => ({
  find: new Map([['accession', [ms, ms, ms]]]),
  move: rate,
  get: rate * 2,
  memory: new Map([['64 idle associations', 12_300_000]]),
});

it('shows each server, Filmless in relation to Orthanc, and what only Filmless was asked', () => {
  const runs = new Map<QueryServer, QueryRun>([
    ['dcmqrscp', run(20, 50)],
    ['orthanc', run(8, 100)],
    [
      'filmless',
      {
        ...run(2, 300),
        find: new Map([
          ['accession', [2, 2, 2]],
          ['images', [3, 3]],
        ]),
      },
    ],
  ]);
  const text = queryTables(
    runs,
    FIND_LINES.filter(({ key }) => key === 'accession' || key === 'images'),
  );
  expect(text).toContain('| by accession number | 20.0 | 8.00 | 2.00 | **4.00** | 2.00 |');
  expect(text).toContain('| images of a series, 25 to 100 | - | - | 3.00 | - | 3.00 |');
  expect(text).toContain('| C-MOVE | 50.0 | 100 | 300 | **3.00** |');
  expect(text).toContain('| C-GET | 100 | 200 | 600 | **3.00** |');
  expect(text).toContain('| 64 idle associations | 12.3 |');
});
