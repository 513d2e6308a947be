/** The part of a Storage that is used. */
type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'filmless.rules-draft';

interface Draft {
  readonly user: string;
  readonly document: string;
}

/** Keeps the document somebody works on; without one forgets what was kept. What a full storage does not take is lost with the page. */
export function keepDraft(storage: Kept | undefined, user: string, document: string | undefined): void {
  if (document === undefined) {
    storage?.removeItem(KEY);
    return;
  }
  try {
    storage?.setItem(KEY, JSON.stringify({ user, document } satisfies Draft));
  } catch {
    storage?.removeItem(KEY);
  }
}

/** What this person worked on; somebody else's is forgotten. */
export function keptDraft(storage: Kept | undefined, user: string): string | undefined {
  const draft = parsed(storage?.getItem(KEY) ?? 'null');
  if (draft?.user !== user) {
    storage?.removeItem(KEY);
    return undefined;
  }
  return draft.document;
}

function parsed(text: string): Draft | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isDraft(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDraft(value: unknown): value is Draft {
  return (
    typeof value === 'object' &&
    value !== null &&
    'user' in value &&
    typeof value.user === 'string' &&
    'document' in value &&
    typeof value.document === 'string'
  );
}
