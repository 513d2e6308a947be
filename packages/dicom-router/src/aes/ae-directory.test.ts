import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DestinationDirectory } from '../destinations/destination-directory.ts';
import { migrations } from '../records/migrations.ts';
import { openRouterDatabase, type RouterDatabase } from '../records/router-database.ts';
import type { AeConfig } from './ae-config.ts';
import { AeDirectory } from './ae-directory.ts';

const FINGERPRINT = 'AB'.repeat(32);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-aes-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const openAes = (database: RouterDatabase, configured: readonly AeConfig[] = []) =>
  AeDirectory.open(database, { configured, unknownAes: ['echo'], defaultFacility: 'main', limit: 10 });

const FULL: AeConfig = {
  title: 'CT01',
  host: '10.0.0.11',
  port: 104,
  may: ['store', 'query'],
  facility: 'main',
  tls: { fingerprint: FINGERPRINT, name: 'ct01.hospital' },
  charsetIn: 'windows-1258',
  asciiNames: true,
  onConflict: 'keepLast',
  worklist: { modalities: ['CT'], rooms: ['CT room 1'], days: 0 },
};

describe('the list of application entities', () => {
  it('holds every setting across a restart, and gives them with the rights', async () => {
    {
      await using database = await openRouterDatabase(folder);
      const aes = await openAes(database, [FULL, { title: 'US02', may: [], facility: 'main', tls: true }]);
      await aes.put({ title: 'MR01', may: ['store'], facility: 'main', asciiNames: false });
    }
    await using database = await openRouterDatabase(folder);
    const aes = await openAes(database);
    expect(aes.list()).toEqual([
      FULL,
      { title: 'MR01', may: ['store'], facility: 'main', asciiNames: false },
      { title: 'US02', may: [], facility: 'main', tls: true },
    ]);
    const { tls, charsetIn, asciiNames, onConflict, worklist } = FULL;
    expect(aes.rights('CT01').settings).toEqual({ tls, charsetIn, asciiNames, onConflict, worklist });
    expect(aes.rights('NOBODY')).toEqual({ may: ['echo'], facility: 'main', listed: false, settings: {} });
  });

  it('loses a setting that is given no more', async () => {
    await using database = await openRouterDatabase(folder);
    const aes = await openAes(database, [FULL]);
    await aes.put({ title: 'CT01', may: [], facility: 'main' });
    const again = await openAes(database);
    expect(again.find('CT01')).toEqual({ title: 'CT01', may: [], facility: 'main' });
  });

  it('takes over a database from before there were settings', async () => {
    await mkdir(join(folder, 'records'));
    const old = new DatabaseSync(join(folder, 'records', 'router.db'));
    for (const statement of migrations.slice(0, 2).flatMap(({ sqlite }) => sqlite)) {
      old.exec(statement);
    }
    old.exec('PRAGMA user_version = 2');
    old.exec(`INSERT INTO ae VALUES ('OLD', '10.0.0.1', 104, '["store"]', 'main')`);
    old.exec(`INSERT INTO destination VALUES ('ws', 'WS', 'h', 104, NULL, '{"callingAes":[],"modalities":[]}', 1)`);
    old.close();
    await using database = await openRouterDatabase(folder);
    const aes = await openAes(database);
    expect(aes.list()).toEqual([{ title: 'OLD', host: '10.0.0.1', port: 104, may: ['store'], facility: 'main' }]);
    const destinations = await DestinationDirectory.open(database, { configured: [], fixed: [], limit: 10 });
    expect(destinations.find('ws')).toMatchObject({ aeTitle: 'WS' });
    expect(destinations.find('ws')).not.toHaveProperty('tls');
  });
});
