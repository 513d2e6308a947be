// needs: postgres
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type movingProcedures, openPostgres } from '@filmless/database';
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Index } from '../../src/core/index-port.ts';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { IndexMove } from '../../src/index/move/index-move.ts';
import { openPostgresIndex, openSqliteIndex } from '../../src/index/open-index.ts';
import { ALL } from '../support/archive.ts';
import { type Case, generateCases, indexed } from '../support/search-cases.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const limits = ARCHIVE_LIMITS;
const quiet = () => undefined;

let folder: string;
let server: PostgresServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-move-'));
  server = await startPostgres();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

it('has the texts of series made again that a move left behind which was cut off', async () => {
  const file = join(folder, 'texts.db');
  const url = await server.freshDatabase();
  await using source = await openSqliteIndex({ file, limits });
  for (let number = 1; number <= limits.seriesTextInstances; number += 1) {
    await source.add(indexed({ study: '1.4', series: '1.4.1', sop: `1.4.1.${number}`, header: {} }, number));
  }
  const claim = { now: NOW, quietSince: NOW, quietMs: 1000, by: 'test', until: '2026-06-01T00:05:00.000Z' };
  const claimed = await source.texts.claim(claim);
  const bytes = Uint8Array.of(1);
  const text = {
    sha256: 'ab',
    root: 'r',
    instances: limits.seriesTextInstances,
    textBytes: 1,
    crc32: 1,
    deflated: bytes,
    zstd: bytes,
  };
  expect(claimed !== undefined && (await source.texts.settle(claimed, text))).toBe(true);
  await using move = await IndexMove.open({ file, url });
  await move.pass(quiet);
  {
    const schema = new URL('../../src/index/move/move-schema.ts', import.meta.url);
    await using target = await openPostgres<typeof movingProcedures>({ url, name: 'filmless_index', schema });
    await target.write('runAll', { statements: [{ sql: 'DELETE FROM series_text', parameters: [] }] });
  }
  expect(await move.pass(quiet)).toMatchObject({ brought: 0 });
  await move.finish();
  await using target = await openPostgresIndex({ url, limits });
  expect(await target.texts.claim(claim)).toMatchObject({ seriesInstanceUid: '1.4.1' });
});

/** All that an index tells of what it has. */
async function told(index: Index): Promise<unknown> {
  const { studies, total } = await index.listStudies({ limit: 200 }, ALL, NOW);
  const details = [];
  for (const { studyInstanceUid } of studies) {
    details.push({
      ...(await index.studyDetail(studyInstanceUid, ALL, NOW)),
      owner: await index.owner(studyInstanceUid, NOW),
      headers: await Array.fromAsync(index.headers({ studyInstanceUid }, ALL, NOW)),
      senders: await index.senders(studyInstanceUid),
    });
  }
  const fuzzy = await index.listStudies({ limit: 200, q: 'nguy an' }, ALL, NOW);
  const since = await Array.fromAsync(index.studiesSince('2026-01-01T00:00:10.000Z'));
  const removed = await index.removedObjects('', 100);
  const known = await index.referredOf(['00/1.dcm', '00/left.dcm', 'none']);
  return { details, total, statistics: await index.statistics(), fuzzy, since, removed, known: [...known].toSorted() };
}

it('brings an index that is written to meanwhile, goes on where it was cut off, and misses nothing', async () => {
  const file = join(folder, 'index.db');
  const url = await server.freshDatabase();
  await using source = await openSqliteIndex({ file, limits });
  const cases = generateCases(60, 11);
  const add = async (some: readonly Case[], from: number) => {
    await Promise.all(some.map((found, at) => source.add(indexed(found, from + at))));
  };
  await add(cases.slice(0, 60), 0);
  await source.leaveOut('00/left.dcm', 'broken');
  {
    await using first = await IndexMove.open({ file, url });
    // Cut off after its first page.
    await expect(
      first.pass(() => {
        throw new Error('cut off');
      }),
    ).rejects.toThrow('cut off');
  }
  await expect(openPostgresIndex({ url, limits })).rejects.toMatchObject({ code: 'invalid-request' });
  await using move = await IndexMove.open({ file, url });
  await add(cases.slice(60), 60);
  expect(await move.pass(quiet)).toMatchObject({ instances: cases.length });
  // What changes without a new instance: a share, a removal, a replacement into another study, a conflict.
  const owner = (await source.owner('1.2.3', NOW))?.facility ?? '';
  await source.setReach({ studyInstanceUid: '1.2.3', owner, facility: 'branch', expiresAt: null });
  await source.setConflicts('1.2.4', 2);
  const gone = cases.flatMap((found, at) => (found.study === '1.2.5' ? [`00/${at}.dcm`] : []));
  expect(await source.removeStudy('1.2.5', gone)).toBe(true);
  const at = cases.findIndex(({ study }) => study === '1.2.6');
  const moved = indexed({ ...cases[at], study: '1.2.7', series: '1.2.7.9' } as Case, 5_000);
  await source.replace(cases[at]?.sop ?? '', `00/${at}.dcm`, moved);
  expect(await move.pass(quiet)).toMatchObject({ removed: 1 });
  expect(await move.pass(quiet)).toMatchObject({ brought: 0, removed: 0 });
  await move.finish();
  await using target = await openPostgresIndex({ url, limits });
  expect(await told(target)).toEqual(await told(source));
  // It goes on with numbers of its own.
  expect(await target.add(indexed({ study: '8.1', series: '8.1.1', sop: '8.1.1.1', header: {} }, 9_000))).toEqual({
    status: 'new',
    newStudy: true,
  });
  await expect(IndexMove.open({ file, url })).rejects.toMatchObject({ code: 'invalid-request' });
});
