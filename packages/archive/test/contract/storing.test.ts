import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveError } from '../../src/core/errors.ts';
import type { Change } from '../../src/core/model.ts';
import { ALL, found, from, openTestArchive, replacing, type TestArchive } from '../support/archive.ts';
import { attribute, deflatedFile, objectFile } from '../support/objects.ts';
import { collect, envelopeOf } from './object-store.ts';

describe('storing an instance', () => {
  let archive: TestArchive;

  beforeEach(async () => {
    archive = await openTestArchive({ limits: { changeQuietMs: 5 } });
  });

  afterEach(async () => {
    await archive[Symbol.asyncDispose]();
  });

  const files = async (folder: string) => {
    const entries = await readdir(join(archive.folder, folder), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  };

  it('keeps the bytes as sent, header and frames, and leaves nothing in the folder of received files', async () => {
    const sent = objectFile();
    expect(await archive.store(sent)).toMatchObject({ status: 'stored', studyInstanceUid: '1.2.3', sopInstanceUid: '1.2.3.1.1' });
    const target = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.2.3.1.1' };
    const kept = await archive.core.instance(target, ALL);
    expect(Buffer.compare(await collect(await archive.core.read(kept, { of: 'file' })), sent)).toBe(0);
    expect(kept.header[TAG.PatientName]?.Value).toEqual([{ Alphabetic: 'Đỗ^Thị Dương' }]);
    expect(kept.frames).toMatchObject({ kind: 'native', count: 1, bitsPerFrame: 128 });
    const frame = kept.frames.kind === 'native' ? { offset: kept.frames.offset, length: 16 } : { offset: 0, length: 0 };
    expect(await archive.core.readRanges(kept, [frame])).toEqual(Buffer.alloc(16, 7));
    expect(await files('incoming')).toEqual([]);
  });

  it('counts an identical object once, and keeps it once', async () => {
    await archive.store(objectFile());
    expect(await archive.store(objectFile())).toMatchObject({ status: 'identical' });
    expect(await archive.core.statistics()).toMatchObject({ studies: 1, series: 1, instances: 1 });
    expect(await found(archive.with.objects)).toHaveLength(1);
  });

  it('keeps a different object of the same UID aside, once, and names what differs', async () => {
    await archive.store(objectFile());
    const other = objectFile({ more: { [TAG.PatientID]: attribute('LO', 'P2') } });
    expect(await archive.store(other)).toMatchObject({ status: 'conflict' });
    expect(await archive.store(other)).toMatchObject({ status: 'conflict' });
    const { conflicts } = await archive.core.conflicts({}, ALL);
    expect(conflicts).toHaveLength(1);
    const detail = await archive.core.conflict(conflicts[0]?.id ?? '', ALL);
    expect(detail.differences).toEqual([{ tag: '00100020', keyword: 'PatientID', existing: '["P1"]', new: '["P2"]' }]);
    expect((await archive.core.studyDetail('1.2.3', ALL)).conflicts).toBe(1);
    expect(await found(archive.with.objects)).toHaveLength(2);
  });

  it('shows the new object once a person chose it, and keeps the old one aside', async () => {
    await archive.store(objectFile());
    await archive.store(objectFile({ number: 2 }));
    await archive.store(objectFile({ more: { [TAG.PatientID]: attribute('LO', 'P2') } }));
    const [conflict] = (await archive.core.conflicts({}, ALL)).conflicts;
    const resolved = await archive.core.resolveConflict(conflict?.id ?? '', 'new', 'doctor', ALL);
    expect(resolved).toMatchObject({ resolved: 'new', resolvedBy: 'doctor' });
    const target = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.2.3.1.1' };
    expect((await archive.core.instance(target, ALL)).header[TAG.PatientID]?.Value).toEqual(['P2']);
    expect(await archive.core.statistics()).toMatchObject({ studies: 1, series: 1, instances: 2 });
    // The study is described by the instance received first of those that are left.
    expect(await archive.core.studyDetail('1.2.3', ALL)).toMatchObject({ conflicts: 0, patient: { id: 'P1' } });
    expect(await found(archive.with.objects)).toHaveLength(3);
    await expect(archive.core.resolveConflict(conflict?.id ?? '', 'existing', 'doctor', ALL)).rejects.toMatchObject({
      code: 'conflict',
    });
    // Both objects are known now, whichever is sent again.
    expect(await archive.store(objectFile())).toMatchObject({ status: 'conflict' });
    expect((await archive.core.conflicts({}, ALL)).conflicts).toEqual([]);
  });

  it.each(['finishResolve', 'conflict'] as const)(
    'carries a decision out at the next start, when the process ended before %s',
    async (step) => {
      let armed = false;
      const dying = await openTestArchive({
        wrap: (ports) => ({
          ...ports,
          records: replacing(ports.records, {
            [step]: (id: string) => (armed ? Promise.reject(new Error('killed')) : ports.records[step](id)),
            resolve: async (decision) => {
              armed = true;
              return await ports.records.resolve(decision);
            },
          }),
        }),
      });
      await dying.store(objectFile());
      await dying.store(objectFile({ more: { [TAG.PatientID]: attribute('LO', 'P2') } }));
      await dying.store(objectFile({ number: 2 }), from('branch'));
      for (const { id } of (await dying.core.conflicts({}, ALL)).conflicts) {
        armed = false;
        await expect(dying.core.resolveConflict(id, 'new', 'doctor', ALL)).rejects.toThrow('killed');
      }
      await dying.kill();
      await using again = await openTestArchive({ folder: dying.folder });
      expect(await again.core.studyDetail('1.2.3', ALL)).toMatchObject({ instanceCount: 2, conflicts: 0, patient: { id: 'P2' } });
      expect((await again.core.conflicts({}, ALL)).conflicts).toEqual([]);
    },
  );

  it('asks for a decision anew that could not be carried out, and carries it out then', async () => {
    let away = true;
    await using failing = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        index: replacing(ports.index, {
          replace: (...given) => (away ? Promise.reject(new ArchiveError('store-away', 'away')) : ports.index.replace(...given)),
        }),
      }),
    });
    await failing.store(objectFile());
    await failing.store(objectFile({ more: { [TAG.PatientID]: attribute('LO', 'P2') } }));
    const [{ id = '' } = {}] = (await failing.core.conflicts({}, ALL)).conflicts;
    await expect(failing.core.resolveConflict(id, 'new', 'doctor', ALL)).rejects.toMatchObject({ code: 'store-away' });
    expect((await failing.core.conflicts({}, ALL)).conflicts).toMatchObject([{ id, resolved: null, resolvedBy: null }]);
    expect(await failing.core.studyDetail('1.2.3', ALL)).toMatchObject({ conflicts: 1, patient: { id: 'P1' } });
    away = false;
    expect(await failing.core.resolveConflict(id, 'new', 'doctor', ALL)).toMatchObject({ resolved: 'new' });
    expect(await failing.core.studyDetail('1.2.3', ALL)).toMatchObject({ conflicts: 0, patient: { id: 'P2' } });
  });

  it('keeps the existing object when a person chose it', async () => {
    await archive.store(objectFile());
    await archive.store(objectFile({ pixel: 9 }));
    const [conflict] = (await archive.core.conflicts({}, ALL)).conflicts;
    expect((await archive.core.conflict(conflict?.id ?? '', ALL)).differences).toEqual([]);
    await archive.core.resolveConflict(conflict?.id ?? '', 'existing', 'doctor', ALL);
    expect((await archive.core.conflicts({}, ALL)).conflicts).toEqual([]);
    expect((await archive.core.studyDetail('1.2.3', ALL)).conflicts).toBe(0);
  });

  it('takes 100 stores at once of one series, each twice, and counts right', async () => {
    const sent = Array.from({ length: 50 }, (_, index) => objectFile({ number: index + 1 }));
    const outcomes = await Promise.all([...sent, ...sent].map((file) => archive.store(file)));
    expect(outcomes.filter(({ status }) => status === 'stored')).toHaveLength(50);
    expect(outcomes.filter(({ status }) => status === 'identical')).toHaveLength(50);
    expect(await archive.core.studyDetail('1.2.3', ALL)).toMatchObject({ seriesCount: 1, instanceCount: 50 });
    const numbers = [];
    for await (const instance of archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL)) {
      numbers.push(instance.instanceNumber);
    }
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(await found(archive.with.objects)).toHaveLength(50);
    expect(await files('incoming')).toEqual([]);
  });

  it('refuses what is broken with the reason, and keeps nothing of it', async () => {
    const noDicom = await archive.store(Buffer.from('this is not an image'));
    expect(noDicom).toMatchObject({ status: 'refused', reason: 'broken' });
    const noStudy = objectFile({ more: { [TAG.StudyInstanceUID]: { vr: 'UI' } } });
    expect(await archive.store(noStudy)).toMatchObject({
      status: 'refused',
      reason: 'broken',
      message: expect.stringContaining('Study Instance UID'),
    });
    const file = await archive.core.receive(new Blob([new Uint8Array(objectFile())]).stream());
    // By name, so that a STOW answer says which of many it was.
    expect(await archive.core.store(file, from('main'), { studyInstanceUid: '9.9' })).toMatchObject({
      status: 'refused',
      reason: 'broken',
      sopInstanceUid: '1.2.3.1.1',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    });
    expect(await files('incoming')).toEqual([]);
    expect(await found(archive.with.objects)).toEqual([]);
    expect(await archive.core.isEmpty()).toBe(true);
  });

  it('reads frames and values of a deflated object from its inflated derivative, and gives the object as sent', async () => {
    const sent = deflatedFile();
    expect(await archive.store(sent)).toMatchObject({ status: 'stored' });
    const kept = await archive.core.representative({ studyInstanceUid: '1.2.3' }, ALL);
    const offset = kept.frames.kind === 'native' ? kept.frames.offset : 0;
    expect(await archive.core.readRanges(kept, [{ offset, length: 16 }])).toEqual(Buffer.alloc(16, 7));
    const range = { offset, length: 16 };
    expect(Buffer.from(await collect(await archive.core.read(kept, { of: 'content', range })))).toEqual(Buffer.alloc(16, 7));
    expect(Buffer.compare(await collect(await archive.core.read(kept, { of: 'file' })), sent)).toBe(0);
  });

  it('holds two deflated objects in memory at a time and lets others pass', async () => {
    let held = 0;
    let most = 0;
    const released = Promise.withResolvers<void>();
    await using slow = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        objects: replacing(ports.objects, {
          putDerived: async (key, bytes) => {
            held += 1;
            most = Math.max(most, held);
            await released.promise;
            held -= 1;
            return await ports.objects.putDerived(key, bytes);
          },
        }),
      }),
    });
    const deflated = [1, 2, 3, 4, 5, 6].map((number) => slow.store(deflatedFile({ number })));
    await expect.poll(() => held).toBe(2);
    expect(await slow.store(objectFile({ number: 7 }))).toMatchObject({ status: 'stored' });
    expect(held).toBe(2);
    released.resolve();
    expect((await Promise.all(deflated)).map(({ status }) => status)).toEqual(Array(6).fill('stored'));
    expect(most).toBe(2);
  });

  it('passes on the error of a body that ends early, and removes what was written', async () => {
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 1;
        return given < 3 ? controller.enqueue(objectFile()) : controller.error(new Error('the sender is gone'));
      },
    });
    await expect(archive.core.receive(body)).rejects.toThrow('the sender is gone');
    expect(await files('incoming')).toEqual([]);
  });

  it('ends a body that is too large, and removes what was written', async () => {
    await using small = await openTestArchive({ limits: { maxInstanceBytes: 100 } });
    await expect(small.store(objectFile())).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(await readdir(join(small.folder, 'incoming'))).toEqual([]);
  });

  it('tells of changes after they are stored, a busy study once', async () => {
    const changes: Change[] = [];
    using _subscription = archive.core.subscribe({ facilities: ['main'] }, (change) => changes.push(change));
    using _other = archive.core.subscribe({ facilities: ['branch'] }, () => expect.unreachable('outside the scope'));
    await Promise.all([1, 2, 3].map((number) => archive.store(objectFile({ number }))));
    await expect.poll(() => changes.at(0)).toEqual({ studyInstanceUid: '1.2.3', change: 'new' });
    expect(changes.length).toBeLessThanOrEqual(3);
  });

  it('says that the archive is full or away', async () => {
    let code = 'failed';
    await using failing = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        index: replacing(ports.index, { add: () => Promise.reject(Object.assign(new Error('no'), { code })) }),
      }),
    });
    expect(await failing.store(objectFile())).toMatchObject({ status: 'refused', reason: 'away' });
    // Whether it was committed nobody knows: the object stays for the next start to look at.
    expect(await found(failing.with.objects)).toHaveLength(1);
    code = 'full';
    expect(await failing.store(objectFile({ number: 2 }))).toMatchObject({ status: 'refused', reason: 'full' });
    expect(await found(failing.with.objects)).toHaveLength(1);
    expect(await readdir(join(failing.folder, 'incoming'))).toEqual([]);
  });

  it('leaves nothing of an object that the store has no room for', async () => {
    await using failing = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        objects: replacing(ports.objects, { put: () => Promise.reject(new ArchiveError('store-full', 'no space left')) }),
      }),
    });
    expect(await failing.store(objectFile())).toMatchObject({ status: 'refused', reason: 'full', sopInstanceUid: '1.2.3.1.1' });
    expect(await failing.core.isEmpty()).toBe(true);
    expect(await readdir(join(failing.folder, 'incoming'))).toEqual([]);
  });

  it('keeps at start an object that a person decided against, that was never said to be settled', async () => {
    const broken = await openTestArchive({
      wrap: (ports) => ({ ...ports, objects: replacing(ports.objects, { settled: () => undefined }) }),
    });
    await broken.store(objectFile());
    await broken.store(objectFile({ pixel: 9 }));
    const [conflict] = (await broken.core.conflicts({}, ALL)).conflicts;
    await broken.core.resolveConflict(conflict?.id ?? '', 'new', 'doctor', ALL);
    await broken.kill();
    await using again = await openTestArchive({ folder: broken.folder });
    expect(await found(again.with.objects)).toHaveLength(2);
    expect(await again.core.conflict(conflict?.id ?? '', ALL)).toMatchObject({ resolved: 'new', differences: [] });
    await expect(Array.fromAsync(again.with.objects.unsettled())).resolves.toEqual([]);
  });

  it('keeps at start an object whose envelope is of a later version, and says so', async () => {
    const unknown = async function* () {
      yield { objectKey: 'r1/0000/00.dcm', broken: 'unknown', reason: 'format 3, this version knows 2' } as const;
    };
    const removed: string[] = [];
    await using later = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        objects: replacing(ports.objects, {
          unsettled: unknown,
          delete: (key) => Promise.resolve(void removed.push(key)),
          settled: (key) => void removed.push(key),
        }),
      }),
    });
    expect(removed).toEqual([]);
    expect(await later.core.problems()).toEqual([expect.stringMatching(/^1 object.*format 3/)]);
  });

  it('removes at start what was never acknowledged, and keeps what was', async () => {
    const broken = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        index: replacing(ports.index, {
          add: async (instance) => {
            if (instance.instance.number === 2) {
              throw new Error('killed before the commit');
            }
            const added = await ports.index.add(instance);
            if (instance.instance.number === 3) {
              throw new Error('killed after the commit');
            }
            return added;
          },
        }),
      }),
    });
    for (const number of [1, 2, 3]) {
      await broken.store(objectFile({ number }));
    }
    const torn = await broken.with.objects.put({
      content: { pieces: [objectFile({ number: 4 })] },
      envelope: envelopeOf(objectFile({ number: 4 }).length),
    });
    await truncate(join(broken.folder, 'objects', torn), 100);
    await writeFile(join(broken.folder, 'incoming', 'half-written.part'), 'DIC');
    await broken.kill();
    await using again = await openTestArchive({ folder: broken.folder });
    expect(await readdir(join(again.folder, 'incoming'))).toEqual([]);
    const instances = await Array.fromAsync(again.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    expect(instances.map(({ instanceNumber }) => instanceNumber)).toEqual([1, 3]);
    const kept = (await found(again.with.objects)).map(({ objectKey }) => objectKey);
    expect(kept.sort()).toEqual(instances.map(({ objectKey }) => objectKey).sort());
  });

  it.each([
    ['its footer is damaged', (size: number) => size - 1],
    ['its bytes are gone', () => 0],
  ])('removes no object that was acknowledged, though %s, and says so', async (_, left) => {
    const first = await openTestArchive();
    await first.store(objectFile({ number: 1 }));
    const [{ objectKey = '' } = {}] = await Array.fromAsync(first.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    await first.kill();
    const file = join(first.folder, 'objects', objectKey);
    const { size } = await stat(file);
    await truncate(file, left(size));
    await using again = await openTestArchive({ folder: first.folder });
    expect((await stat(file)).size).toBe(left(size));
    expect(await again.core.problems()).toEqual([expect.stringContaining('it was acknowledged: it is damaged')]);
  });

  it('asks for no copy of a series that is new in this run, and finds the copies of one that is sent again', async () => {
    const asked: string[] = [];
    const put: string[] = [];
    await using watched = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        index: replacing(ports.index, {
          peek: async (uid) => {
            asked.push(uid);
            return await ports.index.peek(uid);
          },
        }),
        objects: replacing(ports.objects, {
          putWith: () => undefined,
          put: async (object) => {
            put.push(object.envelope.sopInstanceUid);
            return await ports.objects.put(object);
          },
        }),
      }),
    });
    const storeAll = async () => {
      const outcomes = [];
      for (const number of [1, 2, 3, 4]) {
        outcomes.push((await watched.store(objectFile({ number }))).status);
      }
      return outcomes;
    };
    expect(await storeAll()).toEqual(Array(4).fill('stored'));
    expect([asked.length, put.length]).toEqual([1, 4]);
    expect(await storeAll()).toEqual(Array(4).fill('identical'));
    expect([asked.length, put.length]).toEqual([4, 5]);
    expect(await found(watched.with.objects)).toHaveLength(4);
  });
});
