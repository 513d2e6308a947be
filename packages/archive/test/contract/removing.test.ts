import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUTS, type Fault, FaultyDisk } from '../../../disk/test/faulty-disk.ts';
import { ALL, found, from, openTestArchive } from '../support/archive.ts';
import { FaultWorld, type FaultyArchive, OBJECTS } from '../support/fault-world.ts';
import { deflatedFile, objectFile } from '../support/objects.ts';

const IN_MEMORY = { memoryInstanceBytes: 1_000_000 };
/** Stories told side by side. */
const AT_ONCE = 16;

describe('removing a study', () => {
  it('takes it out of every list, and its objects off the disk; what is sent again is taken in anew', async () => {
    await using archive = await openTestArchive();
    await archive.store(objectFile({ study: '1.2.3', number: 1 }));
    await archive.store(deflatedFile({ study: '1.2.3', number: 2 }));
    await archive.store(objectFile({ study: '1.2.4' }));
    const [first] = await archive.with.index.quietStudies({ before: '2027', limit: 1 });
    expect(first).toMatchObject({ studyInstanceUid: '1.2.3', facility: 'main', instances: 2 });
    const instances = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    expect(await archive.core.removing.remove('1.2.3', instances)).toBe(true);
    expect(await archive.core.statistics()).toMatchObject({ studies: 1, series: 1, instances: 1 });
    await expect(archive.core.studyDetail('1.2.3', ALL)).rejects.toThrow('no such study');
    expect(await found(archive.with.objects)).toHaveLength(1);
    expect(await archive.with.index.removedObjects('', 10)).toEqual([]);
    const removed = { studyInstanceUid: '1.2.3', facility: 'main', instances: 2, bytes: first?.bytes };
    expect(await archive.with.records.removals.list(10)).toMatchObject([removed]);
    expect(await archive.with.records.removals.total()).toMatchObject({ studies: 1, instances: 2, bytes: first?.bytes });
    expect(await archive.store(objectFile({ study: '1.2.3', number: 1 }))).toMatchObject({ status: 'stored' });
    expect(await archive.core.statistics()).toMatchObject({ studies: 2, instances: 2 });
  });

  it('shows nothing more of what was just looked at, and what is sent again in its place', async () => {
    await using archive = await openTestArchive();
    const uids = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.2.3.1.1' };
    const looked = async () =>
      await Promise.all([
        archive.core.stored(uids, ALL).then(({ sha256 }) => sha256),
        archive.core.layout(uids, ALL).then(({ sha256 }) => sha256),
        archive.core
          .stored(uids, ALL)
          .then(async (instance) => await new Response(await archive.core.read(instance, { of: 'file' })).bytes())
          .then((bytes) => Buffer.from(bytes).includes(9, -1)),
      ]);
    await archive.store(objectFile({ pixel: 1 }));
    const before = await looked();
    expect(await looked()).toEqual(before);
    const instances = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    expect(await archive.core.removing.remove('1.2.3', instances)).toBe(true);
    await expect(archive.core.stored(uids, ALL)).rejects.toMatchObject({ code: 'not-found' });
    await expect(archive.core.layout(uids, ALL)).rejects.toMatchObject({ code: 'not-found' });
    await archive.store(objectFile({ pixel: 9 }));
    const after = await looked();
    expect(after[0]).not.toBe(before[0]);
    expect(after[2]).toBe(true);
  });

  it('leaves a study alone that has something else than what is named, an open conflict, or is not there', async () => {
    await using archive = await openTestArchive();
    await archive.store(objectFile({ number: 1 }));
    const instances = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    await archive.store(objectFile({ number: 2 }));
    expect(await archive.core.removing.remove('1.2.3', instances)).toBe(false);
    const all = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    await archive.store(objectFile({ number: 2, pixel: 9 }));
    expect(await archive.core.removing.remove('1.2.3', all)).toBe(false);
    expect(await archive.core.removing.remove('1.2.9', [])).toBe(false);
    expect(await archive.core.statistics()).toMatchObject({ instances: 2 });
    expect(await archive.with.index.quietStudies({ before: '2027', limit: 10 })).toEqual([]);
  });

  it('lists the studies that were quiet longest first, page by page', async () => {
    await using archive = await openTestArchive();
    for (const study of ['1.2.7', '1.2.5', '1.2.6']) {
      await archive.store(objectFile({ study }));
    }
    const [first] = await archive.with.index.quietStudies({ before: '2027', limit: 1 });
    const rest = await archive.with.index.quietStudies({ before: '2027', limit: 10, after: first });
    expect([first, ...rest].map((study) => study?.studyInstanceUid)).toEqual(['1.2.7', '1.2.5', '1.2.6']);
    expect(await archive.with.index.quietStudies({ before: first?.updatedAt ?? '', limit: 10 })).toEqual([]);
  });

  it('says of objects that it keeps them only within reach, and byte for byte', async () => {
    await using archive = await openTestArchive();
    await archive.store(objectFile());
    const [kept] = await Array.fromAsync(archive.core.instances({ studyInstanceUid: '1.2.3' }, ALL));
    const asked = [
      { sopInstanceUid: kept?.sopInstanceUid ?? '', sha256: kept?.sha256 ?? '' },
      { sopInstanceUid: '1.2.3.1.9', sha256: kept?.sha256 ?? '' },
    ];
    expect(await archive.core.held('1.2.3', asked, { facilities: ['main'] })).toEqual(['1.2.3.1.1']);
    const notFound = { code: 'not-found' };
    await expect(archive.core.held('1.2.3', asked, { facilities: ['branch'] })).rejects.toMatchObject(notFound);
    await expect(archive.core.held('1.2.4', asked, ALL)).rejects.toMatchObject(notFound);
    const other = asked.map((one) => ({ ...one, sha256: '0'.repeat(64) }));
    expect(await archive.core.held('1.2.3', other, ALL)).toEqual([]);
  });
});

describe('removing a study, with a fault at any step', () => {
  let world: FaultWorld;
  let stories = randomInt(1_000_000) * 1_000;

  beforeAll(async () => {
    world = await FaultWorld.open();
  });

  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const kept = async (study: string) =>
    await Array.fromAsync(world.index.instances({ studyInstanceUid: study }, ALL, '2026-04-01'));

  /** Removes a study beside another with a fault at one step, and starts again; gives what is wrong then, and how many steps there were. */
  const tell = async (fault: Fault | undefined, at: number) => {
    stories += 1;
    const study = `1.2.${stories}`;
    const other = `${study}.9`;
    const disk = new FaultyDisk();
    const archive = await world.start(disk, IN_MEMORY, study);
    for (const bytes of [objectFile({ study, number: 1 }), deflatedFile({ study, number: 2 }), objectFile({ study: other })]) {
      await archive.store(bytes, from('main'));
    }
    const instances = await kept(study);
    let steps = 0;
    let where = 'none';
    disk.plan = (step) => {
      if (steps++ !== at) {
        return undefined;
      }
      where = step.kind;
      return fault;
    };
    const removed = await archive.core.removing.remove(study, instances).catch(() => undefined);
    disk.plan = () => undefined;
    disk.cut();
    const again = await world.start(disk.restarted(stories), IN_MEMORY, study);
    const wrong = await wrongAfter(again, study, removed === true, instances.length);
    const [beside] = await kept(other);
    if (beside === undefined || (await again.with.objects.size(beside.objectKey)) !== beside.size) {
      wrong.push('the other study is not whole');
    }
    if ((await again.store(objectFile({ study, number: 1 }), from('main')))?.status === 'refused') {
      wrong.push('what is sent again is refused');
    }
    return { steps, wrong: wrong.map((what) => `${fault} at step ${at} (${where}): ${what}`) };
  };

  const wrongAfter = async (archive: FaultyArchive, study: string, isGone: boolean, count: number): Promise<string[]> => {
    const wrong: string[] = [];
    const left = await kept(study);
    const gone = left.length === 0;
    if (isGone && !gone) {
      wrong.push('it was removed, and is there');
    }
    if (!gone && left.length !== count) {
      wrong.push('it is there in part');
    }
    for (const { objectKey, inflatedKey } of left) {
      const sizes = await Promise.all(
        [objectKey, ...(inflatedKey === null ? [] : [inflatedKey])].map((key) => archive.with.objects.size(key)),
      );
      if (sizes.some((size) => size === undefined || size === 0)) {
        wrong.push(`${objectKey} is known, and gone`);
      }
    }
    if (gone && (await world.records.removals.find(study))?.instances !== count) {
      wrong.push('nobody knows that it was removed');
    }
    if ((await world.index.removedObjects('', 1_000_000)).some((one) => one.studyInstanceUid === study)) {
      wrong.push('an object is still to be deleted');
    }
    const known = left.flatMap(({ objectKey, inflatedKey }) => [objectKey, inflatedKey]).concat(await otherKeys(study));
    const files = [...archive.disk.files().keys()].filter((path) => path.startsWith(OBJECTS) && !path.endsWith('/settled'));
    wrong.push(...files.filter((path) => !known.includes(path.slice(OBJECTS.length + 1))).map((path) => `${path} is a stray`));
    return wrong;
  };

  const otherKeys = async (study: string) => (await kept(`${study}.9`)).map(({ objectKey }) => objectKey);

  it.each<Fault>([...CUTS, 'fails', 'full'])(
    'leaves all of it or nothing of it, and no object that nobody knows (%s)',
    async (fault) => {
      const wrong: string[] = [];
      for (let at = 0; ; at += AT_ONCE) {
        const told = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => tell(fault, at + index)));
        wrong.push(...told.flatMap((one) => one.wrong));
        if (told.some(({ steps }, index) => at + index >= steps)) {
          break;
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('has nothing to fear without one', async () => {
    const { steps, wrong } = await tell(undefined, 0);
    expect(wrong).toEqual([]);
    expect(steps).toBeGreaterThan(7);
  });
});
