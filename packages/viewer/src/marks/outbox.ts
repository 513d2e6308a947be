import type { Mark } from '../api/marks.ts';

/** A mark that the server has not confirmed. */
export interface WaitingMark {
  readonly user: string;
  readonly studyInstanceUid: string;
  readonly mark: Mark;
}

/** Keeps marks on this computer until the server has them; each person's own. */
export interface Outbox {
  /** @throws where the browser keeps nothing */
  put(waiting: WaitingMark): Promise<void>;
  ofStudy(user: string, studyInstanceUid: string): Promise<readonly Mark[]>;
  studies(user: string): Promise<readonly string[]>;
  /** The server has this state; one that was drawn since stays. */
  confirm(waiting: WaitingMark): Promise<void>;
  /** Lets go what nobody has come back for. `before` is a time, ISO 8601. */
  forgetBefore(before: string): Promise<void>;
}

/** What is taken for the same state of a mark. */
export function isSame(one: Mark, other: Mark): boolean {
  return (
    one.revision === other.revision &&
    one.modified === other.modified &&
    one.modifiedBy.id === other.modifiedBy.id &&
    one.deleted === other.deleted
  );
}

/** In memory: for tests. */
export function createMemoryOutbox(): Outbox {
  const kept = new Map<string, WaitingMark>();
  const keyOf = ({ user, studyInstanceUid, mark }: WaitingMark): string => JSON.stringify([user, studyInstanceUid, mark.id]);
  const of = (user: string): readonly WaitingMark[] => [...kept.values()].filter((one) => one.user === user);
  return {
    put: async (waiting) => void kept.set(keyOf(waiting), waiting),
    ofStudy: async (user, study) => of(user).flatMap((one) => (one.studyInstanceUid === study ? [one.mark] : [])),
    studies: async (user) => [...new Set(of(user).map(({ studyInstanceUid }) => studyInstanceUid))],
    confirm: async (waiting) => {
      const now = kept.get(keyOf(waiting));
      if (now !== undefined && isSame(now.mark, waiting.mark)) {
        kept.delete(keyOf(waiting));
      }
    },
    forgetBefore: async (before) => {
      for (const [key, { mark }] of kept) {
        if (mark.modified < before) {
          kept.delete(key);
        }
      }
    },
  };
}
