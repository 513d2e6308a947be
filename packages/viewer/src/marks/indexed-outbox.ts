import { type Mark, parseMark } from '../api/marks.ts';
import { isSame, type Outbox, type WaitingMark } from './outbox.ts';

const NAME = 'filmless-marks';
const STORE = 'waiting';

/** In the browser's database: a closed tab, a crash and a restart leave it as it is. Indexed Database API 3.0. */
export function createIndexedOutbox(factory: () => IDBFactory = () => window.indexedDB): Outbox {
  let opened: Promise<IDBDatabase> | undefined;
  const database = (): Promise<IDBDatabase> => {
    opened ??= open(factory).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const all = async (user: string, study?: string): Promise<readonly WaitingMark[]> => {
    const range =
      study === undefined ? IDBKeyRange.bound([user], [user, []]) : IDBKeyRange.bound([user, study], [user, study, []]);
    const entries = await within(await database(), 'readonly', (store) => store.getAll(range));
    return entries.flatMap((entry) => parseWaiting(entry) ?? []);
  };
  return {
    put: async (waiting) => {
      await within(await database(), 'readwrite', (store) => store.put(waiting, keyOf(waiting)));
    },
    ofStudy: async (user, study) => (await all(user, study)).map(({ mark }) => mark),
    studies: async (user) => [...new Set((await all(user)).map(({ studyInstanceUid }) => studyInstanceUid))],
    confirm: async (waiting) => {
      await within(await database(), 'readwrite', (store) => {
        const asked = store.get(keyOf(waiting));
        asked.onsuccess = () => {
          const now = parseWaiting(asked.result);
          if (now !== undefined && isSame(now.mark, waiting.mark)) {
            store.delete(keyOf(waiting));
          }
        };
        return asked;
      });
    },
    forgetBefore: async (before) => {
      await within(await database(), 'readwrite', (store) => {
        const walk = store.openCursor();
        walk.onsuccess = () => {
          const cursor = walk.result;
          if (cursor !== null) {
            const waiting = parseWaiting(cursor.value);
            if (waiting === undefined || waiting.mark.modified < before) {
              cursor.delete();
            }
            cursor.continue();
          }
        };
        return walk;
      });
    },
  };
}

function keyOf({ user, studyInstanceUid, mark }: WaitingMark): string[] {
  return [user, studyInstanceUid, mark.id];
}

function open(factory: () => IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = factory().open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onerror = () => reject(asked.error ?? new Error('the browser keeps nothing'));
    asked.onsuccess = () => {
      const database = asked.result;
      // A newer page in another tab must not wait for this one.
      database.onversionchange = () => database.close();
      resolve(database);
    };
  });
}

/** Resolves when the transaction is complete: on the disk, as far as a browser says so. */
function within<T>(database: IDBDatabase, mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: 'strict' });
    const asked = ask(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error ?? new Error('not kept'));
  });
}

function parseWaiting(value: unknown): WaitingMark | undefined {
  const { user, studyInstanceUid, mark } = (value ?? {}) as Readonly<Record<string, unknown>>;
  try {
    const parsed: Mark = parseMark(mark, 'mark');
    return typeof user === 'string' && typeof studyInstanceUid === 'string'
      ? { user, studyInstanceUid, mark: parsed }
      : undefined;
  } catch {
    return undefined;
  }
}
