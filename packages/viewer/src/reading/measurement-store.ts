import { signal } from '@preact/signals';
import type { Point } from '../imaging/model/geometry.ts';
import { type Measurement, POINTS_OF } from '../imaging/model/measurements.ts';
import type { Marks } from '../imaging/tools.ts';
import { MEASURE_TOOLS } from './tools.ts';

export interface MeasurementStore extends Marks {
  clear(): void;
}

/** Where marks live until the server keeps them: the tab's own storage, so that a reload loses none. */
export interface TabStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export function createMeasurementStore(studyInstanceUid: string, storage: TabStorage | undefined): MeasurementStore {
  const key = `filmless.measurements.${studyInstanceUid}`;
  const all = signal<readonly Measurement[]>(parseMeasurements(read(storage, key)));
  const selected = signal<string | undefined>(undefined);
  const keep = (next: readonly Measurement[]): void => {
    all.value = next;
    try {
      storage?.setItem(key, JSON.stringify(next));
    } catch {
      // A full or forbidden storage loses the marks at the next reload, which the list says anyway.
    }
  };
  return {
    all,
    selected,
    put: (measurement) => {
      const known = all.value.some(({ id }) => id === measurement.id);
      keep(known ? all.value.map((old) => (old.id === measurement.id ? measurement : old)) : [...all.value, measurement]);
    },
    remove: (id) => {
      keep(all.value.filter((old) => old.id !== id));
      selected.value = selected.value === id ? undefined : selected.value;
    },
    clear: () => {
      keep([]);
      selected.value = undefined;
    },
  };
}

function read(storage: TabStorage | undefined, key: string): unknown {
  try {
    return JSON.parse(storage?.getItem(key) ?? '[]');
  } catch {
    return [];
  }
}

/** Marks of an older version of the page, or of nobody's making, are left out. */
export function parseMeasurements(value: unknown): readonly Measurement[] {
  return Array.isArray(value) ? value.flatMap((entry) => parseMeasurement(entry) ?? []) : [];
}

function parseMeasurement(value: unknown): Measurement | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { id, tool, frameId, points } = value as Readonly<Record<string, unknown>>;
  const known = MEASURE_TOOLS.find((name) => name === tool);
  if (typeof id !== 'string' || typeof frameId !== 'string' || known === undefined || !Array.isArray(points)) {
    return undefined;
  }
  const parsed = points.flatMap((point) => parsePoint(point) ?? []);
  return parsed.length === POINTS_OF[known] ? { id, tool: known, frameId, points: parsed } : undefined;
}

function parsePoint(value: unknown): Point | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { x, y } = value as Readonly<Record<string, unknown>>;
  return typeof x === 'number' && typeof y === 'number' && Number.isFinite(x + y) ? { x, y } : undefined;
}
