import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MarkRecords } from '../../src/core/marks/mark-records.ts';
import type { Change } from '../../src/core/model.ts';
import { ALL, from, openTestArchive, type TestArchive } from '../support/archive.ts';
import { brief, lengthMark, person, uuid } from '../support/marks.ts';
import { objectFile } from '../support/objects.ts';
import { deletion, MAIN, STUDY, share, takeOut } from '../support/shared-study.ts';

const lan = person('lan', ['main']);
const minh = person('minh', ['main']);
const reader = person('reader', ['main'], ['view']);
const branch = person('branch', ['branch']);
const third = person('third', ['third']);
const MARKED = { studyInstanceUid: STUDY, change: 'marks' };

let archive: TestArchive;
beforeEach(async () => {
  archive = await openTestArchive({ limits: { changeQuietMs: 5, markPage: 3, marksOfStudy: 6, markBytes: 2_000 } });
  await archive.store(objectFile());
  await archive.store(objectFile({ series: '1.2.3.5' }));
  await archive.core.share(STUDY, share, MAIN);
});
afterEach(async () => {
  await archive[Symbol.asyncDispose]();
});

const put = (marks: Parameters<typeof archive.core.marks.put>[1], as = lan) => archive.core.marks.put(STUDY, marks, as);
const since = (cursor = 0, as = lan) => archive.core.marks.since(STUDY, cursor, as);
const all = async (as = lan) => (await since(0, as)).marks.map(brief);

describe('marks of a study', () => {
  it('are there for everybody who sees it, with who drew them', async () => {
    const { marks, changed } = await put([lengthMark(1)]);
    expect(changed).toBe(1);
    expect(marks).toEqual((await since(0, branch)).marks);
    expect(marks).toMatchObject([
      { ...lengthMark(1), studyInstanceUid: STUDY, author: { id: 'lan', name: 'BS. lan' }, modifiedBy: { id: 'lan' } },
    ]);
  });

  it('survive the end of the process right after the answer', async () => {
    await put([lengthMark(1), lengthMark(2)]);
    await archive.kill();
    const { folder } = archive;
    archive = await openTestArchive({ folder });
    expect(await all()).toEqual([
      [uuid(1), 1, false, 2],
      [uuid(2), 1, false, 2],
    ]);
  });

  it('sent twice are one, and change nothing the second time', async () => {
    await put([lengthMark(1), lengthMark(1)]);
    const { next } = await since();
    expect((await put([lengthMark(1)])).changed).toBe(0);
    expect((await since(next)).marks).toEqual([]);
  });

  it('are changed by others, and stay those of who drew them', async () => {
    await put([lengthMark(1)]);
    const { marks } = await put([lengthMark(1, { revision: 2, text: 'theo dõi' })], minh);
    expect(marks).toMatchObject([{ revision: 2, text: 'theo dõi', author: { id: 'lan' }, modifiedBy: { id: 'minh' } }]);
  });

  it('of an older revision are answered with what counts', async () => {
    await put([lengthMark(1, { revision: 3 })]);
    const { marks, changed } = await put([lengthMark(1, { revision: 2, text: 'cũ' })], minh);
    expect([marks.map(brief), changed]).toEqual([[[uuid(1), 3, false, 2]], 0]);
  });

  it('that were deleted are not brought back by who has not heard of it', async () => {
    await put([lengthMark(1)]);
    await put([lengthMark(1, { revision: 2, deleted: true })], minh);
    const { marks } = await put([lengthMark(1, { revision: 7, text: 'ngoại tuyến' })]);
    expect(marks).toMatchObject([{ deleted: true, points: [], text: '' }]);
    expect(await all()).toEqual([[uuid(1), 2, true, 0]]);
  });

  it('come in pages, and behind a cursor only what changed after it', async () => {
    await put([1, 2, 3, 4, 5].map((number) => lengthMark(number)));
    const first = await since();
    expect([first.marks.length, first.more]).toEqual([3, true]);
    const second = await since(first.next);
    expect([second.marks.map(({ id }) => id), second.more]).toEqual([[uuid(4), uuid(5)], false]);
    await put([lengthMark(2, { revision: 2 })]);
    expect((await since(second.next)).marks.map(brief)).toEqual([[uuid(2), 2, false, 2]]);
  });

  it('that many send at once all arrive, and none is passed by who reads on', async () => {
    await Promise.all([1, 2, 3, 4, 5, 6].map((number) => put([lengthMark(number)], number % 2 === 0 ? lan : minh)));
    const first = await since();
    const second = await since(first.next);
    expect(new Set([...first.marks, ...second.marks].map(({ id }) => id)).size).toBe(6);
  });

  it('with a time ahead of the server’s are of the server’s', async () => {
    const { marks } = await put([lengthMark(1, { modified: '2090-01-01T00:00:00.000Z' })]);
    expect(marks[0]?.modified.slice(0, 4)).toBe('2026');
  });

  it('are told of to who listens, to nobody else', async () => {
    const told: Record<string, Change[]> = { main: [], branch: [], third: [] };
    using stack = new DisposableStack();
    for (const [facility, changes] of Object.entries(told)) {
      stack.use(archive.core.subscribe({ facilities: [facility] }, (change) => changes.push(change)));
    }
    await put([lengthMark(1)]);
    await expect.poll(() => told).toEqual({ main: [MARKED], branch: [MARKED], third: [] });
  });
});

describe('who draws', () => {
  it.each([
    ['a reader', reader],
    ['a facility with which it is shared', branch],
  ])('is not %s: they see the marks and change none', async (_who, subject) => {
    await put([lengthMark(1)]);
    await expect(put([lengthMark(1, { revision: 2, deleted: true })], subject)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await since(0, subject)).toMatchObject({ mayWrite: false, marks: [{ revision: 1 }] });
    expect(await since()).toMatchObject({ mayWrite: true });
  });

  it('is nobody of a facility that does not have the study: it is not there for them', async () => {
    await put([lengthMark(1)]);
    await expect(since(0, third)).rejects.toMatchObject({ code: 'not-found' });
    await expect(put([lengthMark(2)], third)).rejects.toMatchObject({ code: 'not-found' });
    await expect(archive.core.marks.since('9.9', 0, lan)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('draws no more than fits: nothing of what is too much is kept', async () => {
    await put([1, 2, 3, 4].map((number) => lengthMark(number)));
    await expect(put([5, 6, 7].map((number) => lengthMark(number)))).rejects.toMatchObject({ code: 'limit-exceeded' });
    await put([lengthMark(4, { revision: 2 }), lengthMark(5), lengthMark(6)]);
    await expect(put([lengthMark(4, { revision: 3, text: 'x'.repeat(2_000) })])).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
    expect((await since(3)).marks).toHaveLength(3);
  });
});

describe('marks of a study that goes', () => {
  const marks = (): Pick<MarkRecords, 'since'> => archive.with.records.marks;

  it('are there again with it when it is restored', async () => {
    await put([lengthMark(1)]);
    const { id } = await archive.core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL);
    await expect(since()).rejects.toMatchObject({ code: 'not-found' });
    await archive.core.rejections.restore(id, 'admin', ALL);
    expect(await all()).toEqual([[uuid(1), 1, false, 2]]);
  });

  it('go with its last objects', async () => {
    await put([lengthMark(1)]);
    const { id } = await archive.core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL);
    await archive.core.rejections.remove(id, 'admin', ALL);
    expect((await marks().since(STUDY, 'main', 0, 10)).marks).toEqual([]);
  });

  it('stay while something of it can be restored', async () => {
    await put([lengthMark(1)]);
    const { id } = await archive.core.rejections.reject({ studyInstanceUid: STUDY, series: ['1.2.3.5'] }, deletion, ALL);
    await archive.core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL);
    await archive.core.rejections.remove(id, 'admin', ALL);
    expect((await marks().since(STUDY, 'main', 0, 10)).marks).toHaveLength(1);
  });

  it('are not those of another facility’s study under its UID', async () => {
    await put([lengthMark(1)]);
    await takeOut.deleted?.(archive.core);
    expect(await archive.store(objectFile({ pixel: 9 }), from('third'))).toMatchObject({ status: 'stored' });
    expect(await all(third)).toEqual([]);
  });
});
