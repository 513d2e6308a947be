import type { WishedState, WorkitemState } from './model.ts';

/** What becomes of a wish. `already`: it is in that state, which is a warning; the others are refusals. */
type Verdict = 'move' | 'already' | 'not-claimed' | 'claimed' | 'ended';

/** With the Transaction UID that claimed the step. PS3.4 table CC.1.1-2. */
export const TRANSITIONS: Readonly<Record<WishedState, Readonly<Record<WorkitemState, Verdict>>>> = {
  'IN PROGRESS': { SCHEDULED: 'move', 'IN PROGRESS': 'claimed', COMPLETED: 'ended', CANCELED: 'ended' },
  COMPLETED: { SCHEDULED: 'not-claimed', 'IN PROGRESS': 'move', COMPLETED: 'already', CANCELED: 'ended' },
  CANCELED: { SCHEDULED: 'not-claimed', 'IN PROGRESS': 'move', COMPLETED: 'ended', CANCELED: 'already' },
};
