import { describe, expect, it } from 'vitest';
import { ALL, found, from, openTestArchive, replacing } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';
import { note } from '../support/rejection-note.ts';

describe('two rejections of the same study at once', () => {
  const deletion = { kind: 'deleted', code: null, reason: '', by: 'admin' } as const;

  it('keep each object once: what one restores the other never removes', async () => {
    let lists = 0;
    const bothListed = Promise.withResolvers<void>();
    await using archive = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        index: replacing(ports.index, {
          // Both have the list of the study before either has taken anything out.
          async *instances(...asked) {
            const listed = await Array.fromAsync(ports.index.instances(...asked));
            lists += 1;
            if (lists === 2) {
              bothListed.resolve();
            }
            await bothListed.promise;
            yield* listed;
          },
        }),
      }),
    });
    await archive.store(objectFile({ study: '1.1' }));
    await archive.store(objectFile({ study: '1.1', number: 2 }));
    const { rejections } = archive.core;
    const ended = await Promise.allSettled([1, 2].map(() => rejections.reject({ studyInstanceUid: '1.1' }, deletion, ALL)));
    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [rejection, ...others] = (await rejections.list({ limit: 10 }, ALL)).rejections;
    expect([rejection?.instances, others]).toEqual([2, []]);
    await rejections.restore(rejection?.id ?? '', 'admin', ALL);
    expect((await archive.core.statistics()).instances).toBe(2);
  });

  it('remove no object that an instance has, even where the journal names it twice', async () => {
    await using archive = await openTestArchive();
    await archive.store(objectFile({ study: '1.1' }));
    await archive.store(objectFile({ study: '1.1', number: 2 }));
    const kept = await Array.fromAsync(archive.with.index.instances({ studyInstanceUid: '1.1' }, ALL, archive.with.now()));
    const { rejections } = archive.core;
    const first = await rejections.reject({ studyInstanceUid: '1.1' }, deletion, ALL);
    await rejections.restore(first.id, 'admin', ALL);
    // As written down by a version that did not look: the second, while the first was at work.
    const journal = { ...first, id: 'second', state: 'hidden' as const };
    await archive.with.records.rejections.add(journal, kept);
    await rejections.remove('second', 'admin', ALL);
    expect((await found(archive.with.objects)).map(({ objectKey }) => objectKey).toSorted()).toEqual(
      kept.map(({ objectKey }) => objectKey).toSorted(),
    );
  });
});

it('keeps a copy out of sight that comes while the rest is being hidden', async () => {
  const out = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using archive = await openTestArchive({
    wrap: (ports) => ({
      ...ports,
      index: replacing(ports.index, {
        takeOut: async (...asked) => {
          await ports.index.takeOut(...asked);
          out.resolve();
          await goOn.promise;
        },
      }),
    }),
  });
  const file = objectFile({ study: '1.1' });
  await archive.store(file);
  const given = { kind: 'rejected', code: '113001', reason: '', by: 'admin' } as const;
  const rejecting = archive.core.rejections.reject({ studyInstanceUid: '1.1' }, given, ALL);
  await out.promise;
  await archive.store(file);
  goOn.resolve();
  await rejecting;
  expect((await archive.core.statistics()).instances).toBe(0);
});

describe('a process that comes late to what it wrote down', () => {
  it('hides nothing that another has hidden and restored meanwhile', async () => {
    await using archive = await openTestArchive({
      wrap: (ports) => ({
        ...ports,
        records: replacing(ports.records, {
          rejections: replacing(ports.records.rejections, {
            add: async (rejection, instances) => {
              const { rejections } = ports.records;
              const isAdded = await rejections.add(rejection, instances);
              await rejections.move(rejection.id, 'hiding', 'hidden');
              await rejections.move(rejection.id, 'hidden', 'restored');
              return isAdded;
            },
          }),
        }),
      }),
    });
    await archive.store(objectFile({ study: '1.1' }));
    const given = { kind: 'deleted', code: null, reason: '', by: 'admin' } as const;
    expect((await archive.core.rejections.reject({ studyInstanceUid: '1.1' }, given, ALL)).state).toBe('restored');
    expect((await archive.core.statistics()).instances).toBe(1);
  });
});

describe('a rejection note in one request with what it names', () => {
  it('is carried out behind it, though both are stored side by side', async () => {
    await using archive = await openTestArchive();
    const { core } = archive;
    const body = new Blob([new Uint8Array(note('1.1', ['1.1.1.1']))]).stream();
    const before = async () => await archive.store(objectFile({ study: '1.1' }));
    const subject = { kind: 'user', id: 'main', name: 'main' } as const;
    await core.store(await core.receive(body), from('main', { kind: 'stow' }), {
      rejecter: { subject, mayDelete: false, before },
    });
    expect((await core.rejections.list({ limit: 10 }, ALL)).rejections).toMatchObject([{ instances: 2 }]);
    expect((await core.statistics()).instances).toBe(0);
  });
});

describe('who has the list open', () => {
  it('is told that a whole study was taken out', async () => {
    await using archive = await openTestArchive({ limits: { changeQuietMs: 20 } });
    await archive.store(objectFile({ study: '1.1' }));
    const told: unknown[] = [];
    using _listening = archive.core.subscribe({ facilities: ['main'] }, (change) => told.push(change));
    await archive.store(objectFile({ study: '1.1', number: 2 }));
    await expect.poll(() => told.length).toBeGreaterThan(0);
    told.length = 0;
    const given = { kind: 'deleted', code: null, reason: '', by: 'admin' } as const;
    await archive.core.rejections.reject({ studyInstanceUid: '1.1' }, given, ALL);
    await expect.poll(() => told).toContainEqual({ studyInstanceUid: '1.1', change: 'updated' });
  });
});
