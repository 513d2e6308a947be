/** What the tabs of one browser share, and keep over a reload. */
export interface SharedMemory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const ACTIVE = 'filmless.active';
const LOCKED = 'filmless.locked';
const MINUTES = 'filmless.lockMinutes';

/** Said to the other tabs no more often. */
const SAY_MS = 2_000;

export interface IdleLockOptions {
  readonly memory: SharedMemory | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0: never. */
  readonly minutes: () => number;
  readonly lock: () => void;
}

/** Locks the page of a computer that nobody touches; a touch in one tab counts for all of them. */
export interface IdleLock {
  /** Somebody pressed a key or moved the pointer. */
  touched(): void;
  /** Time has passed. */
  check(): void;
  /** Somebody signed in. */
  opened(): void;
}

export function isLockedAway(memory: SharedMemory | undefined): boolean {
  return recall(memory, LOCKED) === '1';
}

/** Whether a page that is opened now has to ask for the password first: it was locked, or closed for longer than a page may be left. */
export function isLeftAlone(memory: SharedMemory | undefined, now: number): boolean {
  const touched = Number(recall(memory, ACTIVE) ?? now);
  const minutes = Number(recall(memory, MINUTES) ?? 0);
  return isLockedAway(memory) || (minutes > 0 && now - touched >= minutes * 60_000);
}

export function createIdleLock({ memory, now, minutes, lock }: IdleLockOptions): IdleLock {
  let last = now();
  let said = 0;
  let locked = false;
  const isOver = (): boolean => {
    const heard = Number(recall(memory, ACTIVE) ?? 0);
    // A clock that was put back must not keep a page open for days.
    const latest = Math.max(last, heard > now() ? 0 : heard);
    return minutes() > 0 && now() - latest >= minutes() * 60_000;
  };
  const sayTouched = (): void => {
    said = last;
    remember(memory, ACTIVE, String(last));
    remember(memory, MINUTES, String(minutes()));
  };
  const check = (): void => {
    if (!locked && (isOver() || isLockedAway(memory))) {
      locked = true;
      remember(memory, LOCKED, '1');
      lock();
    }
  };
  return {
    check,
    touched: () => {
      // A computer that slept wakes with a touch: what had to be locked meanwhile is locked first.
      check();
      if (locked) {
        return;
      }
      last = now();
      if (last - said >= SAY_MS) {
        sayTouched();
      }
    },
    opened: () => {
      locked = false;
      last = now();
      sayTouched();
      forget(memory, LOCKED);
    },
  };
}

function recall(memory: SharedMemory | undefined, key: string): string | null {
  try {
    return memory?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function remember(memory: SharedMemory | undefined, key: string, value: string): void {
  try {
    memory?.setItem(key, value);
  } catch {
    // Each tab then counts for itself.
  }
}

function forget(memory: SharedMemory | undefined, key: string): void {
  try {
    memory?.removeItem(key);
  } catch {
    // Nothing was remembered either.
  }
}
