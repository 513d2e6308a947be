import { describe, expect, test } from 'vitest';
import type { Measurement } from '../imaging/model/measurements.ts';
import { createMeasurementStore, parseMeasurements, type TabStorage } from './measurement-store.ts';

const points = [
  { x: 1, y: 2 },
  { x: 3, y: 4 },
];

const length: Measurement = { id: 'a', tool: 'length', frameId: 'frame', points };

function tab(): TabStorage & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

describe('measurements', () => {
  test('survive a reload of the page', () => {
    const storage = tab();
    createMeasurementStore('1.2', storage).put(length);
    expect(createMeasurementStore('1.2', storage).all.value).toEqual([length]);
  });

  test('of one study are not those of another', () => {
    const storage = tab();
    createMeasurementStore('1.2', storage).put(length);
    expect(createMeasurementStore('1.3', storage).all.value).toEqual([]);
  });

  test('are changed, deleted one by one, and all at once', () => {
    const store = createMeasurementStore('1.2', undefined);
    store.put(length);
    store.put({ ...length, id: 'b', tool: 'rectangle' });
    store.put({ ...length, points: [...points].reverse() });
    expect(store.all.value.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(store.all.value[0]?.points[0]).toEqual({ x: 3, y: 4 });
    store.selected.value = 'b';
    store.remove('b');
    expect(store.selected.value).toBeUndefined();
    expect(store.all.value.map(({ id }) => id)).toEqual(['a']);
    store.clear();
    expect(store.all.value).toEqual([]);
  });

  test('are kept on the screen when the browser keeps nothing', () => {
    const refusing: TabStorage = {
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      },
    };
    const store = createMeasurementStore('1.2', refusing);
    store.put(length);
    expect(store.all.value.length).toBe(1);
  });

  test.each([
    ['no list', { id: '1' }],
    ['another tool', [{ id: '1', tool: 'volume', frameId: 'f', points }]],
    ['too few points', [{ id: '1', tool: 'angle', frameId: 'f', points }]],
    ['points that are none', [{ id: '1', tool: 'length', frameId: 'f', points: [null, { x: 'a', y: 1 }] }]],
    ['null', null],
  ])('that are %s are left out', (_, value) => {
    expect(parseMeasurements(value)).toEqual([]);
  });
});
