import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { type Right, readSession, type Session, signOut } from '../api/session.ts';

/** `asking` until the server said who one is; `expired` keeps the page under the sign-in, to go on with afterwards. */
type SessionPhase = 'asking' | 'signed-out' | 'signed-in' | 'expired' | 'unreachable';

export interface SessionStore {
  readonly phase: ReadonlySignal<SessionPhase>;
  readonly session: ReadonlySignal<Session | undefined>;
  /** Why the server could not be asked, while `unreachable`. */
  readonly problem: ReadonlySignal<unknown>;
  /** Counts the times somebody signed in: what failed for want of a session is asked again when it changes. */
  readonly epoch: ReadonlySignal<number>;
  /** Asks the server who is signed in. */
  refresh(): Promise<void>;
  /** The server could not be asked. */
  fail(error: unknown): void;
  /** The page asks for the password because nobody touched it for long. */
  readonly isLocked: ReadonlySignal<boolean>;
  /** Covers the page as if the session had ended. */
  lock(): void;
  /** An answer was 401. */
  expire(): void;
  leave(): Promise<void>;
  may(right: Right): boolean;
  /** Whether this server is the gateway of a site. */
  isGateway(): boolean;
  facilityName(id: string): string;
}

export function createSessionStore(client: () => Client): SessionStore {
  const phase = signal<SessionPhase>('asking');
  const session = signal<Session | undefined>(undefined);
  const problem = signal<unknown>(undefined);
  const epoch = signal(0);
  const isLocked = signal(false);
  const settle = (found: Session | undefined) =>
    batch(() => {
      if (found !== undefined && phase.value !== 'signed-in') {
        epoch.value += 1;
        isLocked.value = false;
      }
      session.value = found ?? (phase.value === 'expired' ? session.value : undefined);
      phase.value = found !== undefined ? 'signed-in' : phase.value === 'expired' ? 'expired' : 'signed-out';
    });
  const fail = (error: unknown): void =>
    batch(() => {
      problem.value = error;
      phase.value = phase.value === 'asking' ? 'unreachable' : phase.value;
    });
  return {
    phase,
    session,
    problem,
    fail,
    epoch,
    isLocked,
    lock: () => {
      if (phase.value === 'signed-in') {
        batch(() => {
          isLocked.value = true;
          phase.value = 'expired';
        });
      }
    },
    refresh: async () => {
      try {
        settle(await readSession(client()));
      } catch (error) {
        fail(error);
      }
    },
    expire: () => {
      if (phase.value === 'signed-in') {
        phase.value = 'expired';
      }
    },
    leave: async () => {
      await signOut(client());
      batch(() => {
        session.value = undefined;
        phase.value = 'signed-out';
      });
    },
    isGateway: () => session.value?.centre !== undefined,
    may: (right) => session.value?.rights.includes(right) === true,
    facilityName: (id) => session.value?.facilities.find((facility) => facility.id === id)?.name ?? id,
  };
}
