import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../api/client.ts';
import { mergeMarks } from './merge-marks.ts';
import { createMemoryOutbox, type Outbox } from './outbox.ts';
import { ScriptedServer } from './scripted-server.ts';

const { place, tool, points } = ScriptedServer.mark('a');
const drawn = { place, tool, points };
const AWAY = new ApiError(0, 'no answer');

describe('a stroke', () => {
  test('is on this computer at once, and goes once the server has it', async () => {
    const server = new ScriptedServer();
    const outbox = createMemoryOutbox();
    const study = server.keeper('an', outbox).of('1.2');
    study.draw('a', drawn);
    expect((await outbox.ofStudy('an', '1.2')).map(({ id }) => id)).toEqual(['a']);
    await vi.waitFor(() => expect(study.phase.value).toBe('saved'));
    expect(server.idsOf('1.2')).toEqual(['a']);
    await vi.waitFor(async () => expect(await outbox.ofStudy('an', '1.2')).toEqual([]));
  });

  test('drawn without a line waits, over the end of the page, for who drew it', async () => {
    const server = new ScriptedServer();
    const outbox = createMemoryOutbox();
    server.failure = AWAY;
    let user = 'an';
    const before = server.keeper(() => user, outbox);
    before.of('1.2').draw('a', drawn);
    await vi.waitFor(() => expect(before.of('1.2').phase.value).toBe('waiting'));
    expect(before.unsent.value).toBe(1);
    server.failure = undefined;
    user = 'minh';
    // The page of the next person may be there before the work of the one before is forgotten.
    expect(before.of('1.2').marks.value.size).toBe(0);
    before.forget();
    await before.begin();
    before.of('1.2').draw('b', drawn);
    await vi.waitFor(() => expect(server.idsOf('1.2')).toEqual(['b']));
    expect(before.unsent.value).toBe(0);
    const again = server.keeper('an', outbox);
    await again.begin();
    await vi.waitFor(() => expect(server.idsOf('1.2')).toEqual(['b', 'a']));
    await vi.waitFor(async () => expect(await outbox.studies('an')).toEqual([]));
  });

  test('that a colleague deleted meanwhile stays deleted', async () => {
    const server = new ScriptedServer();
    const [mine, theirs] = [server.keeper('an').of('1.2'), server.keeper('minh').of('1.2')];
    mine.draw('a', drawn);
    await mine.idle();
    await vi.waitFor(() => expect(server.idsOf('1.2')).toEqual(['a']));
    theirs.refresh();
    await vi.waitFor(() => expect(theirs.marks.value.has('a')).toBe(true));
    server.failure = AWAY;
    mine.draw('a', { ...drawn, points: [...points].reverse() });
    mine.draw('a', drawn);
    server.failure = undefined;
    theirs.remove('a');
    await vi.waitFor(() => expect(server.of('1.2')[0]?.deleted).toBe(true));
    await mine.idle();
    await vi.waitFor(() => expect(mine.phase.value).toBe('saved'));
    expect(mine.marks.value.get('a')?.deleted).toBe(true);
    expect(server.of('1.2')[0]?.deleted).toBe(true);
  });

  test('that is moved is sent when it rests', async () => {
    const server = new ScriptedServer();
    const study = server.keeper('an').of('1.2');
    study.draw('a', drawn);
    await vi.waitFor(() => expect(study.phase.value).toBe('saved'));
    for (let x = 0; x < 50; x += 1) {
      study.draw('a', {
        ...drawn,
        points: [
          [x, 0],
          [1, 1],
        ],
      });
    }
    await vi.waitFor(() => expect(study.phase.value).toBe('saved'));
    expect(server.puts).toBe(2);
    expect(server.of('1.2')[0]?.points[0]).toEqual([49, 0]);
  });

  test('of who may only look is shown on this page, and kept nowhere', async () => {
    const server = new ScriptedServer();
    server.mayWrite = false;
    const outbox = createMemoryOutbox();
    const keeper = server.keeper('an', outbox);
    await keeper.of('1.2').idle();
    keeper.of('1.2').draw('a', drawn);
    await vi.waitFor(() => expect(keeper.of('1.2').phase.value).toBe('viewOnly'));
    expect([keeper.unsent.value, await outbox.studies('an'), server.puts]).toEqual([0, [], 0]);
  });

  test('of who may no more draw does not stay on the computer', async () => {
    const server = new ScriptedServer();
    const outbox = createMemoryOutbox();
    const keeper = server.keeper('an', outbox);
    server.failure = new ApiError(403, 'not allowed');
    keeper.of('1.2').draw('a', drawn);
    expect(await outbox.studies('an')).toEqual(['1.2']);
    await vi.waitFor(() => expect(keeper.of('1.2').phase.value).toBe('viewOnly'));
    await vi.waitFor(async () => expect(await outbox.studies('an')).toEqual([]));
    expect(keeper.of('1.2').marks.value.size).toBe(1);
  });

  test('says when the browser keeps nothing, and is sent all the same', async () => {
    const server = new ScriptedServer();
    server.failure = AWAY;
    const refusing: Outbox = { ...createMemoryOutbox(), put: () => Promise.reject(new Error('private')) };
    const study = server.keeper('an', refusing).of('1.2');
    study.draw('a', drawn);
    await vi.waitFor(() => expect(study.phase.value).toBe('unkept'));
    server.failure = undefined;
    study.refresh();
    await vi.waitFor(() => expect(study.phase.value).toBe('saved'));
  });

  test('that the server refuses keeps no other from being saved', async () => {
    const server = new ScriptedServer();
    server.refused.add('b');
    server.failure = AWAY;
    const study = server.keeper('an').of('1.2');
    for (const id of ['a', 'b', 'c']) {
      study.draw(id, drawn);
    }
    await vi.waitFor(() => expect(study.phase.value).toBe('waiting'));
    server.failure = undefined;
    study.refresh();
    await vi.waitFor(() => expect(study.phase.value).toBe('refused'));
    expect([server.idsOf('1.2'), study.unsent.value]).toEqual([['a', 'c'], 1]);
  });

  test('that nobody came back for in a month is let go', async () => {
    const outbox = createMemoryOutbox();
    const mark = ScriptedServer.mark('a');
    await outbox.put({ user: 'an', studyInstanceUid: '1.2', mark: { ...mark, modified: '2020-01-01T00:00:00.000Z' } });
    await outbox.put({ user: 'an', studyInstanceUid: '1.3', mark: { ...mark, modified: new Date().toISOString() } });
    const server = new ScriptedServer();
    server.failure = AWAY;
    let user = 'an';
    const keeper = server.keeper(() => user, outbox);
    await keeper.begin();
    expect(await outbox.studies('an')).toEqual(['1.3']);
    user = '';
    keeper.forget();
  });
});

test('two states come to the same whichever comes first', () => {
  const state = fc.record({
    revision: fc.integer({ min: 1, max: 2 }),
    deleted: fc.boolean(),
    text: fc.constantFrom('', 'u'),
    modified: fc.constantFrom('2026-03-01T08:00:00.000Z', '2026-03-01T08:00:01.000Z'),
    modifiedBy: fc.constantFrom({ id: 'an', name: 'An' }, { id: 'minh', name: 'Minh' }),
  });
  const of = (more: object) => ({ ...ScriptedServer.mark('a'), ...more });
  fc.assert(
    fc.property(state, state, (one, other) => {
      expect(mergeMarks(of(one), of(other))).toEqual(mergeMarks(of(other), of(one)));
    }),
  );
});
