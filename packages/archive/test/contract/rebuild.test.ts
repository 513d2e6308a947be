import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/core/core.ts';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import type { FoundObject } from '../../src/core/object-store.ts';
import { rebuildIndex } from '../../src/core/rebuild.ts';
import { openSqliteIndex } from '../../src/index/open-index.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { FileStore } from '../../src/objects/file-store.ts';
import { SqlRecords } from '../../src/records/sql-records.ts';
import { ALL, found, from, openTestArchive, replacing, type TestArchive } from '../support/archive.ts';
import { attribute, deflatedFile, objectFile } from '../support/objects.ts';

async function openRebuilt(archive: TestArchive): Promise<SqlIndex> {
  const index = await openSqliteIndex({ file: join(archive.folder, 'again.db'), limits: ARCHIVE_LIMITS });
  const dependencies = { ...archive.with, index };
  expect(await rebuildIndex(dependencies)).toMatchObject({ left: [] });
  await (await Core.start(dependencies))[Symbol.asyncDispose]();
  return index;
}

describe('the index made again', () => {
  it('leaves what it cannot take in where it is, also when the archive starts after it, and says so', async () => {
    const first = await openTestArchive();
    for (const number of [1, 2, 3]) {
      await first.store(objectFile({ number }));
    }
    const [damaged] = await Array.fromAsync(first.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    await first.kill();
    const path = join(first.folder, 'objects', damaged?.objectKey ?? '');
    const bytes = await readFile(path);
    const last = (damaged?.size ?? 0) - 1;
    bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
    await writeFile(path, bytes);
    await rm(join(first.folder, 'index.db'));
    await rm(join(first.folder, 'index.db-wal'), { force: true });
    await rm(join(first.folder, 'index.db-shm'), { force: true });
    {
      await using index = await openSqliteIndex({ file: join(first.folder, 'index.db'), limits: ARCHIVE_LIMITS });
      await using objects = await FileStore.open(join(first.folder, 'objects'));
      await using records = await SqlRecords.open({ file: join(first.folder, 'records.db') });
      const { left } = await rebuildIndex({ ...first.with, objects, records, index });
      expect(left.map(({ objectKey }) => objectKey)).toEqual([damaged?.objectKey]);
    }
    const keepsIt = async ({ core }: TestArchive) => {
      expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
      expect(await core.problems()).toHaveLength(1);
      expect(await Array.fromAsync(core.instances({ studyInstanceUid: '1.2.3' }, ALL))).toHaveLength(2);
    };
    const again = await openTestArchive({ folder: first.folder });
    await keepsIt(again);
    await again.kill();
    await using later = await openTestArchive({ folder: first.folder });
    await keepsIt(later);
  });

  it('is the same as the one that grew, whatever came in what order', async () => {
    await using archive = await openTestArchive();
    await archive.store(objectFile({ number: 2 }), from('main'));
    await archive.store(objectFile({ number: 1, more: { [TAG.StudyDescription]: attribute('LO', 'later') } }), from('main'));
    await archive.store(
      objectFile({ series: '1.2.3.9', sop: '1.2.3.9.1', more: { [TAG.Modality]: attribute('CS', 'SR') } }),
      from('main', { verified: false }),
    );
    await archive.store(objectFile({ pixel: 1 }), from('main'));
    await archive.store(objectFile({ number: 2, pixel: 1 }), from('main'));
    await archive.store(objectFile({ number: 7 }), from('branch'));
    const earlier = { [TAG.StudyDate]: attribute('DA', '20260101') };
    await archive.store(objectFile({ study: '4.5.6', more: earlier }), from('branch'));
    const [foreign, , first] = (await archive.core.conflicts({}, ALL)).conflicts;
    await archive.core.resolveConflict(foreign?.id ?? '', 'new', 'doctor', ALL);
    await archive.core.resolveConflict(first?.id ?? '', 'new', 'doctor', ALL);
    await archive.core.share('1.2.3', { facility: 'third', basis: 'authority', evidence: 'x', by: 'doctor' }, ALL);
    await using again = await openRebuilt(archive);
    for (const uid of ['1.2.3', '4.5.6']) {
      expect(await again.studyDetail(uid, ALL, '2026-04-01')).toEqual(
        await archive.with.index.studyDetail(uid, ALL, '2026-04-01'),
      );
      const target = { studyInstanceUid: uid };
      const grown = await Array.fromAsync(archive.with.index.headers(target, { facilities: ['main', 'branch'] }, '2026-04-01'));
      expect(await Array.fromAsync(again.headers(target, { facilities: ['main', 'branch'] }, '2026-04-01'))).toEqual(grown);
      expect(grown.length).toBeGreaterThan(0);
    }
    for (const level of ['study', 'series', 'instance'] as const) {
      const query = { level, keys: [], include: 'all' } as const;
      expect(await again.search(query, ALL, '2026-04-01')).toEqual(await archive.with.index.search(query, ALL, '2026-04-01'));
    }
    expect(await again.statistics()).toEqual(await archive.with.index.statistics());
  });

  it('shows the same of three objects with one UID, when two people chose a new one at once', async () => {
    await using archive = await openTestArchive();
    for (const pixel of [1, 2, 3]) {
      await archive.store(objectFile({ pixel }));
    }
    const { conflicts } = await archive.core.conflicts({}, ALL);
    await Promise.all(conflicts.map(({ id }) => archive.core.resolveConflict(id, 'new', 'doctor', ALL)));
    await using again = await openRebuilt(archive);
    const grown = await archive.with.index.find('1.2.3.1.1');
    expect((await again.find('1.2.3.1.1'))?.objectKey).toBe(grown?.objectKey);
    const decided = await Promise.all(conflicts.map(({ id }) => archive.core.conflict(id, ALL)));
    expect(decided.map(({ resolved }) => resolved)).toEqual(['new', 'new']);
    expect((await archive.core.conflicts({}, ALL)).conflicts).toEqual([]);
  });

  it('makes the inflated copy of a deflated object again when it is missing or of another length', async () => {
    await using archive = await openTestArchive();
    await archive.store(deflatedFile({ number: 1 }));
    await archive.store(deflatedFile({ number: 2 }));
    const kept = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    const [first, second] = kept.map(({ objectKey }) => objectKey);
    await rm(join(archive.folder, 'objects', archive.with.objects.derivedKey(first ?? '')));
    await archive.with.objects.putDerived(second ?? '', randomBytes(30));
    await using _again = await openRebuilt(archive);
    for (const instance of kept) {
      const header = await archive.core.instance(instance, ALL);
      const offset = header.frames.kind === 'native' ? header.frames.offset : 0;
      expect(await archive.core.readRanges(header, [{ offset, length: 16 }])).toEqual(Buffer.alloc(16, 7));
    }
  });

  it.each(['as they come', 'the other way round'])(
    'without records gives a study and a UID to who sent it first, the objects listed %s',
    async (order) => {
      await using archive = await openTestArchive();
      await archive.store(objectFile({ number: 1 }), from('main'));
      await archive.store(objectFile({ number: 2 }), from('branch'));
      await archive.store(objectFile({ number: 1, pixel: 9 }), from('main'));
      await archive.store(objectFile({ number: 3 }), from('main'));
      const listed = async function* () {
        const objects = await found(archive.with.objects);
        const sorted = objects.toSorted((a, b) => (receivedAt(a) < receivedAt(b) ? -1 : 1));
        yield* order === 'as they come' ? sorted : sorted.reverse();
      };
      await using records = await SqlRecords.open({ file: join(archive.folder, 'lost.db') });
      await using index = await openSqliteIndex({ file: join(archive.folder, 'again.db'), limits: ARCHIVE_LIMITS });
      const objects = replacing(archive.with.objects, { objects: listed });
      await rebuildIndex({ ...archive.with, objects, records, index });
      expect(await index.owner('1.2.3', '2026-04-01')).toMatchObject({ facility: 'main' });
      const shown = await Array.fromAsync(index.instances({ studyInstanceUid: '1.2.3' }, ALL, '2026-04-01'));
      const before = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
      expect(shown).toEqual(before);
      expect(await records.countOpen('1.2.3')).toBe(2);
    },
  );
});

function receivedAt(object: FoundObject): string {
  return 'envelope' in object ? object.envelope.receivedAt : '';
}
