import type { PatientImport } from '../api/imports.ts';
import { parseImport } from '../api/imports.ts';
import { asRecord, list, object, or, type Parse, text } from '../api/json.ts';

/** An import that was not finished: what is needed to go on once the same disc is chosen again. */
export interface Remembered {
  readonly user: string;
  /** What the disc was called. */
  readonly label: string;
  readonly studies: readonly { readonly uid: string; readonly decision: PatientImport | undefined }[];
}

const KEY = 'filmless-import';

const parse: Parse<Remembered> = object<Remembered>({
  user: text,
  label: text,
  studies: list(object<Remembered['studies'][number]>({ uid: text, decision: or(parseImport, undefined) })),
});

/** Where it is kept: until the tab is closed, so that it does not stay on a computer that others use. */
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Of this person only: nothing of one person's work is shown to the next. */
export function recall(user: string, store: Store = sessionStorage): Remembered | undefined {
  try {
    const kept = parse(asRecord(JSON.parse(store.getItem(KEY) ?? 'null'), KEY), KEY);
    return kept.user === user ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function remember(kept: Remembered, store: Store = sessionStorage): void {
  try {
    store.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Then a reload begins from nothing, and what is stored is found by asking the server.
  }
}

export function forget(store: Store = sessionStorage): void {
  try {
    store.removeItem(KEY);
  } catch {
    // Nothing was kept either.
  }
}
