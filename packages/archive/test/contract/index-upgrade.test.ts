import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { migrations } from '../../src/index/migrations.ts';
import { openSqliteIndex } from '../../src/index/open-index.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { ALL } from '../support/archive.ts';
import { generateCases, indexed } from '../support/search-cases.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const MAIN = { facilities: ['main'] };
const limits = ARCHIVE_LIMITS;

/** What an index answers, by its own tables and by those that an upgrade makes of them. */
async function told(index: SqlIndex): Promise<unknown> {
  const lists = [];
  for (const search of [{}, { q: 'do duong' }, { q: 'ngu an' }, { q: 'uoc' }, { q: 'p1' }, { modality: 'CT' }]) {
    for (const scope of [ALL, MAIN, { facilities: ['branch'] }]) {
      const { studies, total } = await index.listStudies({ limit: 200, ...search }, scope, NOW);
      lists.push([search, total, studies]);
    }
  }
  const { studies } = await index.listStudies({ limit: 200 }, ALL, NOW);
  const details = await Promise.all(studies.map(({ studyInstanceUid: uid }) => index.studyDetail(uid, ALL, NOW)));
  return { lists, details, statistics: await index.statistics(), known: [...(await index.referredOf(['00/left.dcm']))] };
}

describe('an index of an earlier version that holds studies', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-index-upgrade-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** The rows of a newest index as a version had them. */
  function asVersion(version: number, newest: string): string {
    const file = join(folder, `${version}.db`);
    using database = new DatabaseSync(file);
    for (const statement of migrations.slice(0, version).flatMap(({ sqlite }) => sqlite)) {
      database.exec(statement);
    }
    database.exec(`ATTACH '${newest}' AS newest; PRAGMA foreign_keys = OFF`);
    for (const table of [
      'patient',
      'study',
      'reach',
      'series',
      'series_request',
      'instance',
      'instance_header',
      'left_out',
      'counted',
    ]) {
      const columns = database.prepare("SELECT name FROM pragma_table_info(?, 'main')").all(table);
      const names = columns.map(({ name }) => `"${String(name)}"`).join(', ');
      if (names !== '') {
        database.exec(`INSERT INTO main."${table}" (${names}) SELECT ${names} FROM newest."${table}"`);
      }
    }
    database.exec(`PRAGMA user_version = ${version}`);
    return file;
  }

  it('answers as one that was filled by this version, from whichever it comes, and goes on', async () => {
    const newest = join(folder, 'newest.db');
    let expected: unknown;
    {
      await using index = await openSqliteIndex({ file: newest, limits });
      await Promise.all(generateCases(40, 5).map((found, at) => index.add(indexed(found, at, at % 7 === 0 ? 'branch' : 'main'))));
      const owner = (await index.owner('1.2.3', NOW))?.facility ?? '';
      await index.setReach({ studyInstanceUid: '1.2.3', owner, facility: 'branch', expiresAt: null });
      await index.leaveOut('00/left.dcm', 'broken');
      expected = await told(index);
    }
    const another = indexed({ study: '8.1', series: '8.1.1', sop: '8.1.1.1', header: {} }, 9_000);
    for (let version = 2; version < migrations.length; version += 1) {
      await using index = await openSqliteIndex({ file: asVersion(version, newest), limits });
      expect(await told(index), `from version ${version}`).toEqual(expected);
      expect(await index.add(another)).toEqual({ status: 'new', newStudy: true });
    }
  });
});
