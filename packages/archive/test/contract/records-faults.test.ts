import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, FaultyDatabase, faultAt } from '@filmless/database/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConflictRecord } from '../../src/core/records-port.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { recordsDatabase, releaseDatabase } from '../support/engine.ts';

const CONFLICT: ConflictRecord = {
  id: 'c1',
  kind: 'different',
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.1',
  sopInstanceUid: '1.2.3.1.1',
  facility: 'main',
  fromFacility: 'main',
  from: 'CT01',
  receivedAt: '2026-11-22T08:00:00.000Z',
  newKey: 'new',
  newSha256: 'aa',
  existingKey: 'old',
  existingSha256: 'bb',
  state: 'open',
  resolvedBy: null,
  resolvedAt: null,
};

describe('records on a database that goes wrong', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-records-'));
  });

  afterEach(async () => {
    await releaseDatabase(folder);
    await rm(folder, { recursive: true });
  });

  const withFault = async (name: string, fault: Fault): Promise<SqlRecords> => {
    return new SqlRecords(new FaultyDatabase(await recordsDatabase(folder), faultAt(name, 1, fault)));
  };

  it.each<Fault>([{ kind: 'answer-lost' }, { kind: 'fails', code: 'full' }, { kind: 'fails', code: 'io' }])(
    '$kind: a conflict that is written again stands there once',
    async (fault) => {
      await using records = await withFault('addConflict', fault);
      await expect(records.addConflict(CONFLICT)).rejects.toMatchObject({ name: 'DatabaseError' });
      // The second try comes with an id of its own.
      await records.addConflict({ ...CONFLICT, id: 'c2', newKey: 'new again' });
      expect(await records.countOpen(CONFLICT.studyInstanceUid)).toBe(1);
      expect(await records.isAside(CONFLICT.sopInstanceUid, CONFLICT.newSha256, 'main')).toBe(true);
    },
  );

  it('a decision whose answer was lost is not taken a second time, by another', async () => {
    await using records = await withFault('resolve', { kind: 'answer-lost' });
    await records.addConflict(CONFLICT);
    const decision = { id: 'c1', keep: 'existing', by: 'an', at: '2026-11-22T09:00:00.000Z', existing: null } as const;
    await expect(records.resolve(decision)).rejects.toMatchObject({ code: 'io' });
    expect(await records.resolve({ ...decision, by: 'binh' })).toBe(false);
    expect(await records.conflict('c1')).toMatchObject({ state: 'existing', resolvedBy: 'an' });
  });

  it('says that its thread has ended', async () => {
    await using records = await withFault('addConflict', { kind: 'dies' });
    await expect(records.addConflict(CONFLICT)).rejects.toThrow();
    expect(records.problem()).toMatch(/thread has ended/);
  });
});
