import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../api/client.ts';
import type { Mark } from '../api/marks.ts';
import { framePath } from '../imaging/model/image-frame.ts';
import type { Measurement } from '../imaging/model/measurements.ts';
import { ScriptedServer } from '../marks/scripted-server.ts';
import { createMeasurementStore, measurementsOf } from './measurement-store.ts';

const points = [
  { x: 1, y: 2 },
  { x: 3, y: 4 },
];

const on = (study: string, id: string): Measurement => ({
  id,
  tool: 'length',
  frameId: framePath(study, '1.2.1', '1.2.1.1', 1),
  points,
});

const storeOf = (server: ScriptedServer, study = '1.2') => createMeasurementStore(study, server.keeper('an'), () => 'an');

describe('measurements', () => {
  test('are kept with the study of their image: those on a prior with the prior', async () => {
    const server = new ScriptedServer();
    const store = storeOf(server);
    store.put(on('1.2', 'a'));
    store.put(on('1.9', 'b'));
    await vi.waitFor(() => expect([server.idsOf('1.2'), server.idsOf('1.9')]).toEqual([['a'], ['b']]));
    expect(store.all.value.map(({ id }) => id)).toEqual(['a', 'b']);
    await vi.waitFor(() => expect(store.phase.value).toBe('saved'));
  });

  test('that others drew are shown, with their name', async () => {
    const server = new ScriptedServer();
    storeOf(server).put(on('1.2', 'a'));
    await vi.waitFor(() => expect(server.idsOf('1.2')).toEqual(['a']));
    const other = createMeasurementStore('1.2', server.keeper('minh'), () => 'minh');
    other.show('1.2');
    await vi.waitFor(() => expect(other.all.value).toEqual([on('1.2', 'a')]));
    expect(other.authorOf('a')).toBe('BS an');
    other.clear();
    expect(other.all.value).toHaveLength(1);
  });

  test('are changed, deleted one by one, and all of one’s own at once', () => {
    const store = storeOf(new ScriptedServer());
    store.put(on('1.2', 'a'));
    store.put({ ...on('1.2', 'b'), tool: 'rectangle' });
    store.put({ ...on('1.2', 'a'), points: [...points].reverse() });
    expect(store.all.value.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(store.all.value[0]?.points[0]).toEqual({ x: 3, y: 4 });
    store.selected.value = 'b';
    store.remove('b');
    expect(store.selected.value).toBeUndefined();
    expect(store.all.value.map(({ id }) => id)).toEqual(['a']);
    store.clear();
    expect(store.all.value).toEqual([]);
  });

  test('on what is no frame are not kept', () => {
    const store = storeOf(new ScriptedServer());
    store.put({ ...on('1.2', 'a'), frameId: 'frame' });
    expect(store.all.value).toEqual([]);
  });

  test('say the worst of what became of them', async () => {
    const server = new ScriptedServer();
    const store = storeOf(server);
    server.failure = new ApiError(0, 'no answer');
    store.put(on('1.9', 'b'));
    await vi.waitFor(() => expect(store.phase.value).toBe('waiting'));
    expect(store.unsent.value).toBe(1);
    store[Symbol.dispose]();
  });

  const mark = (more: Partial<Mark>): ReadonlyMap<string, Mark> => new Map([['a', { ...ScriptedServer.mark('a'), ...more }]]);

  test.each([
    ['another tool', mark({ tool: 'volume' })],
    ['too few points', mark({ tool: 'angle' })],
    ['points that are none', mark({ points: [[1], []] })],
    ['a plane', mark({ place: { kind: 'patient', seriesInstanceUid: '1', frameOfReferenceUid: '2' } })],
    ['a deletion', mark({ deleted: true })],
  ])('of %s are not shown', (_, marks) => {
    expect(measurementsOf('1.2', mark({}))).toHaveLength(1);
    expect(measurementsOf('1.2', marks)).toEqual([]);
  });
});
