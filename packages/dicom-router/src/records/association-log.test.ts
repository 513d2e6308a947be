import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoggedAssociation } from './association-log.ts';
import { openRouterDatabase, type RouterDatabase } from './router-database.ts';
import { db } from './tables.ts';

const BOUNDS = { keep: 50, keepAlike: 3, troubles: 6, troublesPerAddress: 4 };

let folder: string;
let database: RouterDatabase;
let clock: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-log-'));
  database = await openRouterDatabase(folder);
  clock = 0;
});

afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function entry(title: string, address: string, causes: readonly string[], outcome = 'refused', stored = 0): LoggedAssociation {
  clock += 1;
  const row = {
    association: `a${clock}`,
    at: clock,
    duration_ms: 0,
    calling_ae: title,
    called_ae: 'FILMLESS',
    address,
    outcome,
    detail: '',
    stored,
    failed: 0,
    direction: 'in',
    port: null,
    secure: 0,
    purpose: '',
    destination: null,
  } as const;
  const scope = (cause: string) => (cause === 'disk-full' ? 'operation' : 'association');
  return {
    row,
    troubles: causes.map((cause) => ({ cause, facts: '{}', distinct_by: '', detail: 'why', scope: scope(cause) })),
  };
}

const log = (...associations: readonly LoggedAssociation[]) => database.write('logAssociations', { associations, ...BOUNDS });
const troubles = () => database.read(db.selectFrom('trouble').selectAll().orderBy('id'));

describe('the log of associations', () => {
  it('counts what is the same of one machine, and keeps its last lines alone', async () => {
    const quiet = entry('MR01', '10.0.0.2', []);
    const tries = Array.from({ length: 10 }, () => entry('CT01', '10.0.0.1', ['calling-ae-unknown']));
    await log(quiet, ...tries);
    expect(await troubles()).toMatchObject([{ title: 'CT01', times: 10, first_at: 2, last_at: 11, settled_at: null }]);
    const lines = await database.read(db.selectFrom('association').select(['calling_ae', 'at']).orderBy('id'));
    expect(lines.map(({ calling_ae, at }) => `${calling_ae} ${at}`)).toEqual(['MR01 1', 'CT01 9', 'CT01 10', 'CT01 11']);
  });

  it('settles what is over, of that machine and that kind, and opens it again', async () => {
    await log(entry('CT01', '10.0.0.1', ['calling-ae-unknown']), entry('CT01', '10.0.0.1', ['disk-full'], 'released'));
    await log(entry('US01', '10.0.0.1', ['called-ae-wrong']));
    await log(entry('CT01', '10.0.0.1', [], 'released'));
    const settledOf = async () =>
      Object.fromEntries((await troubles()).map(({ cause, settled_at }) => [cause, settled_at !== null]));
    expect(await settledOf()).toEqual({ 'calling-ae-unknown': true, 'disk-full': false, 'called-ae-wrong': false });
    await log(entry('CT01', '10.0.0.1', [], 'aborted', 3));
    expect(await settledOf()).toMatchObject({ 'disk-full': true });
    await log(entry('CT01', '10.0.0.1', ['disk-full'], 'released'));
    expect(await settledOf()).toMatchObject({ 'disk-full': false });
  });

  it('lets one address that calls itself otherwise each time push out nobody else', async () => {
    await log(entry('CT01', '10.0.0.1', ['tls-needed']));
    for (let count = 0; count < 20; count += 1) {
      await log(entry(`AE${count}`, '10.0.0.66', ['calling-ae-unknown']));
    }
    expect((await troubles()).map(({ title }) => title)).toEqual(['CT01', 'AE16', 'AE17', 'AE18', 'AE19']);
    for (let count = 0; count < 10; count += 1) {
      await log(entry('XA01', `10.0.1.${count}`, ['tls-needed']));
    }
    expect(await troubles()).toHaveLength(BOUNDS.troubles);
  });
});
