import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '@filmless/database';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { procedures } from '../store/schema.ts';
import type { AccessDatabase } from './directory.ts';
import { RevisionWatch } from './revision-watch.ts';
import { SharedAttempts } from './shared-attempts.ts';

const HOME = '10.0.0.7';
const MINUTE = 60_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('processes over the same accounts', () => {
  let folder: string;
  let database: AccessDatabase;
  let now: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-access-'));
    const schema = new URL('../store/schema.ts', import.meta.url);
    database = await openSqlite<typeof procedures>({ file: join(folder, 'access.db'), schema, readers: 1 });
    now = MINUTE;
  });

  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const process = () => new SharedAttempts(database, () => now);

  it('count failed attempts together: five pass, whichever of them they come to', async () => {
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      waits.push(await process().begin({ account: 'an', address: HOME }));
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 1]);
    now += 1_000;
    expect(await process().begin({ account: 'an', address: HOME })).toBe(0);
    expect(await process().begin({ account: 'an', address: HOME })).toBe(2);
    expect(await process().begin({ account: 'an', address: '10.0.0.8' })).toBe(0);
  });

  it('take an attempt back that succeeded, and of an address no more than that one', async () => {
    for (let round = 0; round < 5; round += 1) {
      await process().begin({ account: 'an', address: HOME });
    }
    await process().succeeded({ account: 'an', address: HOME });
    expect(await process().begin({ account: 'an', address: HOME })).toBe(0);
    for (let round = 0; round < 55; round += 1) {
      await process().begin({ address: HOME });
    }
    expect(await process().begin({ account: 'binh', address: HOME })).toBeGreaterThan(0);
  });

  it('forget attempts after half an hour', async () => {
    for (let round = 0; round < 6; round += 1) {
      await process().begin({ account: 'an', address: HOME });
    }
    now += 31 * MINUTE;
    expect(await process().begin({ account: 'an', address: HOME })).toBe(0);
  });

  it('hear when another changed facilities or rights', async () => {
    const changed = vi.fn();
    await using _watch = new RevisionWatch(database, changed, log, 10);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await database.write('addFacility', { facility: { id: 'b', name: 'B', patientIdIssuer: 'B' }, most: 9 });
    await vi.waitFor(() => expect(changed.mock.calls).toEqual([['facilities']]));
    await database.write('removeToken', { id: 'none' });
    await vi.waitFor(() => expect(changed.mock.calls).toEqual([['facilities'], ['rights']]));
  });

  it('read again what changed while they started, and once more what could not be read', async () => {
    await database.write('addFacility', { facility: { id: 'b', name: 'B', patientIdIssuer: 'B' }, most: 9 });
    const changed = vi.fn(() => Promise.resolve());
    changed.mockRejectedValueOnce(new Error('away'));
    await using _watch = new RevisionWatch(database, changed, log, 10);
    await vi.waitFor(() => expect(changed.mock.calls).toEqual([['facilities'], ['facilities']]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(changed).toHaveBeenCalledTimes(2);
  });
});
