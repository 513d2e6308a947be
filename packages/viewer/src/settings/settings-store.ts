import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { ApiError, type Client } from '../api/client.ts';
import {
  HOSPITAL,
  type HospitalSettings,
  type Kept,
  OWN,
  putSettings,
  readSettings,
  type SettingsPlace,
  type ViewerSettings,
} from '../api/settings.ts';

/** One document of settings as the page has it. */
interface SettingsDocument<T> {
  readonly value: ReadonlySignal<T>;
  /** Whether the server has said what holds. */
  readonly isRead: ReadonlySignal<boolean>;
  read(): Promise<void>;
  /** Keeps a change; when another came first, makes it anew from what holds now. @throws what the server answers */
  change(make: (now: T) => T): Promise<void>;
  forget(): void;
}

export interface SettingsStore {
  readonly own: SettingsDocument<ViewerSettings>;
  readonly hospital: SettingsDocument<HospitalSettings>;
  /** Reads both; what cannot be read stays as it was. */
  read(): Promise<void>;
  /** Nothing of one person's is left for the next. */
  forget(): void;
}

export function createSettingsStore(client: Client): SettingsStore {
  const own = createDocument(client, OWN);
  const hospital = createDocument(client, HOSPITAL);
  return {
    own,
    hospital,
    read: async () => {
      await Promise.allSettled([own.read(), hospital.read()]);
    },
    forget: () => {
      own.forget();
      hospital.forget();
    },
  };
}

/** Two screens of one person that keep changing the same would go on for ever. */
const MOST_TRIES = 4;

function createDocument<T>(client: Client, place: SettingsPlace<T>): SettingsDocument<T> {
  const value: Signal<T> = signal(place.none);
  const isRead = signal(false);
  let revision = 0;
  /** Whose settings these are: counted up when the page changes hands. What was asked for before is then nobody's. */
  let holder = 0;
  // Changes go one after the other: each is made from the number of the one before.
  let queue: Promise<void> = Promise.resolve();
  const take = (kept: Kept<T>): void => {
    revision = kept.revision;
    value.value = kept.settings;
    isRead.value = true;
  };
  const read = async (): Promise<void> => {
    const asked = holder;
    const kept = await readSettings(client, place);
    if (asked === holder) {
      take(kept);
    }
  };
  const change = async (make: (now: T) => T, asked: number): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      if (asked === holder && (!isRead.value || attempt > 1)) {
        await read();
      }
      if (asked !== holder) {
        throw new Error('another person has signed in since');
      }
      const settings = make(value.value);
      try {
        const kept = await putSettings(client, place, { revision, settings });
        if (asked === holder) {
          take({ revision: kept, settings });
        }
        return;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 409) || attempt === MOST_TRIES) {
          throw error;
        }
      }
    }
  };
  return {
    value,
    isRead,
    read,
    change: (make) => {
      const asked = holder;
      const done = queue.then(() => change(make, asked));
      queue = done.catch(() => undefined);
      return done;
    },
    forget: () => {
      value.value = place.none;
      isRead.value = false;
      revision = 0;
      holder += 1;
    },
  };
}
