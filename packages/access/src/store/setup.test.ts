import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAccessDatabase } from './open-database.ts';
import { db } from './tables.ts';

it('keeps no link of a first start once another process has made the first account', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-setup-'));
  {
    await using database = await openAccessDatabase({ file: join(folder, 'access.db') });
    const links = async () => (await database.read(db.selectFrom('setup_link').select('hash'))).map(({ hash }) => hash);
    const beside = { expiresAt: 2_000, besideAfter: 1_000 };
    expect(await database.write('putSetupLink', { hash: 'first', ...beside })).toBe(true);
    await database.write('setFirstAdministrator', { newId: 'a', passwordHash: 'h', now: 1_000 });
    expect(await database.write('putSetupLink', { hash: 'late', ...beside })).toBe(false);
    expect(await links()).toEqual([]);
    // What an operator asks for is another matter.
    expect(await database.write('putSetupLink', { hash: 'asked for', expiresAt: 2_000 })).toBe(true);
    expect(await links()).toEqual(['asked for']);
  }
  await rm(folder, { recursive: true });
});
