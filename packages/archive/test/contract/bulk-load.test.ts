import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openSqliteIndex } from '../../src/index/open-index.ts';
import { BulkLoader } from '../support/bulk-loader.ts';
import { indexRows } from '../support/index-rows.ts';
import { largeArchive } from '../support/large-archive.ts';
import { SqliteFiller } from '../support/sqlite-filler.ts';

const STUDIES = 150;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-bulk-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it('writes the rows that adding one instance after the other writes', async () => {
  const [loaded, added] = [join(folder, 'loaded.db'), join(folder, 'added.db')];
  {
    using filler = new SqliteFiller(loaded);
    const loader = new BulkLoader(filler);
    for (const study of largeArchive(STUDIES)) {
      loader.add(study);
    }
  }
  {
    await using index = await openSqliteIndex({ file: added, limits: ARCHIVE_LIMITS });
    for (const { studyInstanceUid, facility: owner, series, sharedWith } of largeArchive(STUDIES)) {
      const instances = series.flatMap((one) => Array.from({ length: one.instances }, (_, at) => one.instance(at + 1)));
      // In one commit, in this order.
      await Promise.all(instances.map((instance) => index.add(instance)));
      if (sharedWith !== undefined) {
        await index.setReach({ studyInstanceUid, owner, facility: sharedWith, expiresAt: null });
      }
    }
  }
  const [one, other] = [indexRows(loaded), indexRows(added)];
  expect(one.study).toHaveLength(STUDIES);
  for (const table of Object.keys(one)) {
    expect(one[table], table).toEqual(other[table]);
  }
});
