// needs: postgres
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewInstance } from '../../src/core/index-port.ts';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openPostgresIndex } from '../../src/index/open-index.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { indexed } from '../support/search-cases.ts';

const NOW = '2026-03-01T08:00:00.000Z';
const ROUNDS = 8;
const AT_ONCE = 60;

describe('an index that several processes add to', () => {
  let server: PostgresServer;
  let records: SqlRecords;
  let index: SqlIndex;

  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.freshDatabase();
    records = await SqlRecords.open({ url });
    index = await openPostgresIndex({ url, limits: ARCHIVE_LIMITS });
  });

  afterAll(async () => {
    await index[Symbol.asyncDispose]();
    await records[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const instance = (run: string, number: number): NewInstance => {
    const study = `1.3.${number % 5}`;
    const header = { '00100020': { vr: 'LO', Value: ['P1'] } } as const;
    return { ...indexed({ study, series: `${study}.1`, sop: `${study}.1.${number}`, header }, number), run };
  };
  const uidOf = ({ instance: { sopInstanceUid } }: NewInstance) => sopInstanceUid;

  it('takes what a process adds whose run goes on, and nothing of one whose run is over or was never begun', async () => {
    await records.processes.begin('r1', NOW);
    expect(await index.add(instance('r1', 1))).toMatchObject({ status: 'new' });
    await records.processes.beat('r1', NOW);
    expect(await index.add(instance('r1', 2))).toMatchObject({ status: 'new' });
    await records.processes.end('r1');
    await expect(index.add(instance('r1', 3))).rejects.toMatchObject({ code: 'store-away', notRun: true });
    await expect(index.add(instance('r2', 4))).rejects.toMatchObject({ code: 'store-away' });
    expect(await index.present([1, 2, 3, 4].map((number) => uidOf(instance('', number))))).toEqual(
      new Set([1, 2].map((number) => uidOf(instance('', number)))),
    );
  });

  it('has all it will ever have of a run once that is ended: who clears away after it, looks at the last state', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const run = `race-${round}`;
      await records.processes.begin(run, NOW);
      const instances = Array.from({ length: AT_ONCE }, (_, number) => instance(run, 1_000 * (round + 1) + number));
      const uids = instances.map(uidOf);
      const adding = instances.map(async (one, number) => {
        await new Promise((resolve) => setTimeout(resolve, number / 2));
        return await index.add(one).then(
          () => true,
          () => false,
        );
      });
      await new Promise((resolve) => setTimeout(resolve, 4 * round));
      await records.processes.end(run);
      const atTheEnd = await index.present(uids);
      const added = await Promise.all(adding);
      expect(await index.present(uids), `round ${round}`).toEqual(atTheEnd);
      expect(new Set(uids.filter((_, number) => added[number]))).toEqual(atTheEnd);
    }
  });
});
