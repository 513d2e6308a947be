import type { DateRange } from '@filmless/dicom';
import type { WorklistSettings } from '../aes/ae-config.ts';
import type { WorklistStep } from './order.ts';

/** Which part of the orders is asked for of the archive; the rest is matched here. */
export interface OrderFilter {
  /** Empty asks for all. */
  readonly modalities: readonly string[];
  /** Steps of this machine, and those that any may do. */
  readonly station?: string;
  readonly accessionNumber?: string;
  readonly patientId?: string;
  /** `YYYY-MM-DD`, both included, of a step's start. */
  readonly from?: string;
  readonly to?: string;
}

/** What a request narrows down by itself. */
export interface Asked {
  readonly modality: string;
  readonly station: string;
  readonly accessionNumber: string;
  readonly patientId: string;
  /** `YYYYMMDD`. */
  readonly dates: DateRange;
}

/** Undefined when the entity is shown nothing of what it asks for. `today`: `YYYY-MM-DD`, local. */
export function orderFilter(asked: Asked, settings: WorklistSettings, today: string): OrderFilter | undefined {
  const wished = isSingle(asked.modality) ? [asked.modality] : [];
  const allowed = settings.modalities ?? [];
  const modalities = wished.length === 0 ? allowed : wished.filter((one) => allowed.length === 0 || allowed.includes(one));
  if (modalities.length === 0 && wished.length > 0) {
    return undefined;
  }
  const [earliest, latest] = settings.days === undefined ? [] : [shifted(today, -settings.days), shifted(today, settings.days)];
  const from = later(dashed(asked.dates.from), earliest);
  const to = earlier(dashed(asked.dates.to), latest);
  if (from !== undefined && to !== undefined && from > to) {
    return undefined;
  }
  return {
    modalities,
    ...(isSingle(asked.station) && !asked.station.includes(',') ? { station: asked.station } : {}),
    ...(isSingle(asked.accessionNumber) ? { accessionNumber: asked.accessionNumber } : {}),
    ...(isSingle(asked.patientId) ? { patientId: asked.patientId } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Whether an entity is shown a step at all. */
export function isShown(step: WorklistStep, settings: WorklistSettings, filter: OrderFilter): boolean {
  const day = step.start.slice(0, 10);
  const { modalities = [], rooms = [] } = settings;
  return (
    (modalities.length === 0 || modalities.includes(step.modality)) &&
    (rooms.length === 0 || rooms.includes(step.room)) &&
    (filter.from === undefined || day >= filter.from) &&
    (filter.to === undefined || day <= filter.to)
  );
}

/** One value, to be found as it is. */
function isSingle(text: string): boolean {
  return text !== '' && !/[*?\\]/.test(text) && text !== '""';
}

function dashed(date: string | undefined): string | undefined {
  return date === undefined ? undefined : `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
}

function later(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

const DAY_MS = 86_400_000;

function shifted(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
