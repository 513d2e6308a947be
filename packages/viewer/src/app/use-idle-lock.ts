import { useEffect, useMemo } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { signOut } from '../api/session.ts';
import { type App, useApp } from './context.ts';
import { createIdleLock, isLeftAlone, isLockedAway, type SharedMemory } from './idle-lock.ts';

const CHECK_MS = 5_000;

const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

function sharedMemory(): SharedMemory | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

/** Whether whoever opens the page has to sign in first, whatever session the browser still has. */
export function mustSignIn(): boolean {
  return isLeftAlone(sharedMemory(), Date.now());
}

/** Asks who is signed in. What was locked stays so over a reload, and over a closed tab: its session is ended first. */
export async function begin({ client, session }: App): Promise<void> {
  if (mustSignIn()) {
    try {
      await signOut(client);
    } catch (error) {
      // A session that is still there would open the page without a password.
      if (!(error instanceof ApiError && error.status === 401)) {
        session.fail(error);
        return;
      }
    }
  }
  await session.refresh();
}

/** Covers the page after the hospital's minutes without a touch, and ends its session; the page itself stays, to go on with. */
export function useIdleLock(): void {
  const app = useApp();
  const { session, settings } = app;
  const epoch = session.epoch.value;
  const lock = useMemo(() => {
    const end = (): void => {
      session.lock();
      void endSession(app);
    };
    const minutes = (): number => settings.hospital.value.value.lockAfterMinutes;
    return createIdleLock({ memory: sharedMemory(), now: Date.now, minutes, lock: end });
  }, [app]);
  useEffect(() => lock.opened(), [lock, epoch]);
  useEffect(() => {
    const watch = setInterval(lock.check, CHECK_MS);
    for (const name of TOUCHES) {
      window.addEventListener(name, lock.touched, { capture: true, passive: true });
    }
    window.addEventListener('storage', lock.check);
    return () => {
      clearInterval(watch);
      window.removeEventListener('storage', lock.check);
      for (const name of TOUCHES) {
        window.removeEventListener(name, lock.touched, { capture: true });
      }
    };
  }, [lock]);
}

/** What a line that is up needs for some marks. */
const MARKS_MS = 5_000;

/** Ends the session of a locked page, once what is being sent in its name has arrived. */
async function endSession({ client, session, uploads, imports, marks }: App): Promise<void> {
  const isSending = (): boolean => uploads.phase.value === 'running' || imports.importer.value?.phase.value === 'running';
  while (session.isLocked.value && isSending()) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
  await marks.settle(MARKS_MS);
  // Where somebody signed in in another tab meanwhile, the session is theirs.
  if (session.isLocked.value && isLockedAway(sharedMemory())) {
    // Where the server cannot be reached the page is covered all the same, and a reload ends the session.
    await signOut(client).catch(() => undefined);
  }
}
