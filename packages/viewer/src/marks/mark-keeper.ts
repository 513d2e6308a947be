import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import type { MarkPerson } from '../api/marks.ts';
import type { Outbox } from './outbox.ts';
import { createStudyMarks, type StudyMarks } from './study-marks.ts';

/** The marks of the studies that are open, and of those of which something waits to be sent. */
export interface MarkKeeper {
  of(studyInstanceUid: string): StudyMarks;
  /** Nobody looks at it any more; what of it waits is sent all the same. */
  release(studyInstanceUid: string): void;
  /** Marks of this person that the server does not have. */
  readonly unsent: ReadonlySignal<number>;
  /** Somebody signed in: what waits from before is sent. */
  begin(): Promise<void>;
  /** The server tells that a study changed. */
  changed(studyInstanceUid: string): void;
  /** The line may be back. */
  refresh(): void;
  /** Tries to send everything, for so long at most. */
  settle(patienceMs: number): Promise<void>;
  /** Another person may be here, or nobody. What waits stays on the computer, for whom it belongs to. */
  forget(): void;
}

interface MarkKeeperOptions {
  readonly client: Client;
  readonly outbox: Outbox;
  /** Who is signed in. */
  readonly person: () => MarkPerson;
  readonly now: () => number;
}

/** Who has not come back to a computer in a month does not: patients' data do not stay there. */
const KEPT_MS = 30 * 86_400_000;

export function createMarkKeeper({ client, outbox, person, now }: MarkKeeperOptions): MarkKeeper {
  const studies = signal<ReadonlyMap<string, StudyMarks>>(new Map());
  let owner = '';
  // NOTE: whichever comes first after another person signed in: the page that they get, or what forgets the work of the one before.
  const forget = (): void => {
    const { id } = person();
    if (owner !== id) {
      owner = id;
      for (const study of studies.peek().values()) {
        study[Symbol.dispose]();
      }
      studies.value = new Map();
    }
  };
  const of = (studyInstanceUid: string): StudyMarks => {
    forget();
    const known = studies.peek().get(studyInstanceUid);
    if (known !== undefined) {
      return known;
    }
    const at = (): string => new Date(now()).toISOString();
    const made = createStudyMarks({ client, outbox, studyInstanceUid, person: person(), now: at });
    studies.value = new Map(studies.peek()).set(studyInstanceUid, made);
    return made;
  };
  const refresh = (): void => {
    for (const study of studies.peek().values()) {
      study.refresh();
    }
  };
  return {
    of,
    release: (studyInstanceUid) => {
      const study = studies.peek().get(studyInstanceUid);
      if (study !== undefined && study.unsent.peek() === 0) {
        study[Symbol.dispose]();
        studies.value = new Map([...studies.peek()].filter(([uid]) => uid !== studyInstanceUid));
      }
    },
    unsent: computed(() => [...studies.value.values()].reduce((sum, { unsent }) => sum + unsent.value, 0)),
    begin: async () => {
      forget();
      refresh();
      const { id } = person();
      await outbox.forgetBefore(new Date(now() - KEPT_MS).toISOString()).catch(() => undefined);
      for (const study of await outbox.studies(id).catch(() => [])) {
        if (person().id === id) {
          of(study);
        }
      }
    },
    changed: (studyInstanceUid) => studies.peek().get(studyInstanceUid)?.refresh(),
    refresh,
    settle: async (patienceMs) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs);
      });
      const waiting = [...studies.peek().values()].filter(({ unsent }) => unsent.peek() > 0);
      await Promise.race([Promise.all(waiting.map((study) => study.idle())), patience]);
      clearTimeout(timer);
    },
    forget,
  };
}
