import type { StudyEntry } from '../model.ts';
import type { PerformedFacts } from './order-records.ts';

/** Whether a study is all there, as far as can be told; a guess that anything new may change. */
export interface Completeness {
  readonly state: 'arriving' | 'complete' | 'incomplete';
  /** Instances that machines said they made; null while they said nothing. */
  readonly expected: number | null;
  /** Of those, how many are here; while nothing was said, all that are here. */
  readonly received: number;
  /** What the guess rests on happened then. ISO 8601, UTC. */
  readonly since: string;
}

/** Whether no instance came for a while. */
export function isAtRest(
  { updatedAt }: Pick<StudyEntry, 'updatedAt'>,
  now: string,
  { studyQuietMs }: Pick<Bounds, 'studyQuietMs'>,
): boolean {
  return Date.parse(now) - Date.parse(updatedAt) >= studyQuietMs;
}

interface Bounds {
  readonly studyQuietMs: number;
  readonly performedOpenMs: number;
}

/**
 * Arriving: an instance came a moment ago, or a machine says that it is at work. Incomplete: a machine that is done named
 * instances that are not here. A step that was left in progress is believed for a day.
 * @param awaited of the instances named by steps that are done, how many are not here
 */
export function completenessOf(
  study: Pick<StudyEntry, 'instanceCount' | 'updatedAt'>,
  performed: readonly PerformedFacts[],
  awaited: number,
  now: string,
  bounds: Bounds,
): Completeness {
  const at = Date.parse(now);
  const working = performed.filter(
    ({ state, updatedAt }) => state === 'IN PROGRESS' && at - Date.parse(updatedAt) < bounds.performedOpenMs,
  );
  const done = performed.filter(({ state }) => state !== 'IN PROGRESS');
  const named = done.reduce((sum, step) => sum + step.named, 0);
  const expected = named === 0 ? null : named;
  const quiet = isAtRest(study, now, bounds);
  const since = [study.updatedAt, ...performed.map(({ updatedAt }) => updatedAt)].toSorted().at(-1) ?? study.updatedAt;
  const received = expected === null ? study.instanceCount : Math.max(0, expected - awaited);
  if (working.length > 0) {
    return { state: 'arriving', expected, received, since };
  }
  // All that was named is here: nothing has to be waited for.
  if (expected !== null && awaited === 0) {
    return { state: 'complete', expected, received, since };
  }
  const settled = expected === null ? 'complete' : 'incomplete';
  return { state: quiet ? settled : 'arriving', expected, received, since };
}
