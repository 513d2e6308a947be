import { sql } from 'kysely';
import { ArchiveError } from '../core/errors.ts';
import type { SearchLevel } from '../core/levels.ts';
import { type Condition, idValue } from './predicates.ts';
import type { Walk } from './study-walk.ts';

/** A place in the order of a search: position and UID of the series and of the instance, as far as the level has them. */
export interface SearchCursor {
  readonly study: number;
  readonly series?: Place;
  readonly instance?: Place;
}

interface Place {
  readonly position: number;
  readonly uid: string;
}

/** What a row says of its place. */
export interface PlacedRow {
  readonly study_row: number;
  readonly series_position?: number;
  readonly series_instance_uid?: string;
  readonly instance_position?: number;
  readonly sop_instance_uid?: string;
}

/** How many values the cursor of a level has. */
const VALUES: Readonly<Record<SearchLevel, number>> = { patient: 1, study: 1, series: 3, instance: 5 };

export function placeOf(row: PlacedRow): SearchCursor {
  const { series_position, series_instance_uid, instance_position, sop_instance_uid } = row;
  return {
    study: row.study_row,
    ...(series_position === undefined || series_instance_uid === undefined
      ? {}
      : { series: { position: series_position, uid: series_instance_uid } }),
    ...(instance_position === undefined || sop_instance_uid === undefined
      ? {}
      : { instance: { position: instance_position, uid: sop_instance_uid } }),
  };
}

export function formatSearchCursor({ study, series, instance }: SearchCursor): string {
  const values = [study, ...[series, instance].flatMap((place) => (place === undefined ? [] : [place.position, place.uid]))];
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws ArchiveError `invalid-request` */
export function parseSearchCursor(level: SearchLevel, text: string): SearchCursor {
  const values = parsedValues(text);
  const [study, seriesPosition, seriesUid, instancePosition, sopUid] = values;
  if (values.length !== VALUES[level] || !Number.isSafeInteger(study)) {
    throw notACursor();
  }
  return {
    study: Number(study),
    ...(seriesPosition === undefined ? {} : { series: placed(seriesPosition, seriesUid) }),
    ...(instancePosition === undefined ? {} : { instance: placed(instancePosition, sopUid) }),
  };
}

function parsedValues(text: string): readonly unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(values) ? values : [];
  } catch {
    return [];
  }
}

function placed(position: unknown, uid: unknown): Place {
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || typeof uid !== 'string') {
    throw notACursor();
  }
  return { position, uid };
}

function notACursor(): ArchiveError {
  return new ArchiveError('invalid-request', 'after: not a cursor of this search; take it from the Link of the page before');
}

/** A range of the answer, by study and below it. */
export interface Range {
  readonly study: Condition;
  readonly below: Condition;
}

export const EVERYTHING: Range = { study: sql`TRUE`, below: sql`TRUE` };

/**
 * What lies behind a place, in the order of the answer and in parts: each is one range of an index, so that no page looks at
 * rows of those before it.
 */
export function partsBehind(walk: Walk, { study, series, instance }: SearchCursor): readonly Range[] {
  const later = { study: sql`${walk.id} < ${idValue(study)}`, below: sql`TRUE` };
  if (series === undefined) {
    return [later];
  }
  const own = sql`${walk.id} = ${idValue(study)}`;
  const nextSeries = {
    study: own,
    below: sql`(series.position, series.series_instance_uid) > (${series.position}, ${series.uid})`,
  };
  if (instance === undefined) {
    return [nextSeries, later];
  }
  const nextInstances = {
    study: own,
    below: sql`series.position = ${series.position} AND series.series_instance_uid = ${series.uid}
      AND (instance.position, instance.sop_instance_uid) > (${instance.position}, ${instance.uid})`,
  };
  return [nextInstances, nextSeries, later];
}
