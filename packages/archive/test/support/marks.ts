import type { Right, Subject } from '@filmless/access';
import type { Mark, SentMark } from '../../src/core/marks/model.ts';

export const DOCTOR: readonly Right[] = ['view', 'upload', 'share'];

export function person(id: string, facilities: Subject['facilities'], rights: readonly Right[] = DOCTOR): Subject {
  return { kind: 'user', id, name: `BS. ${id}`, rights: new Set(rights), facilities };
}

/** A UUID of a number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** A length on the first image of a test's study. */
export function lengthMark(number: number, more: Partial<SentMark> = {}): SentMark {
  return {
    id: uuid(number),
    schema: 1,
    place: { kind: 'image', seriesInstanceUid: '1.2.3.1', sopInstanceUid: '1.2.3.1.1', frame: 1 },
    tool: 'length',
    points: [
      [1.5, 2],
      [30, 40.25],
    ],
    text: '',
    created: '2026-02-01T08:00:00.000Z',
    modified: '2026-02-01T08:00:00.000Z',
    revision: 1,
    deleted: false,
    ...more,
  };
}

/** What tests look at. */
export function brief({ id, revision, deleted, points }: Mark): readonly unknown[] {
  return [id, revision, deleted, points.length];
}
