import { expect, it } from 'vitest';
import { type CredentialParts, Credentials } from './credentials.ts';
import type { Session } from './directory.ts';
import { newSecret } from './secrets.ts';

const START = Date.UTC(2026, 2, 1, 8);

/** A session that was last used some minutes ago, so that its use is noted. */
function sessionOf(disabled: boolean): Session {
  const account = { id: '1', username: 'an', displayName: 'An', role: 'doctor', facilities: ['main'], passwordHash: '' } as const;
  return { hash: '', account: { ...account, disabled }, createdAt: START - 600_000, seenAt: START - 300_000 };
}

it('remembers nothing of a session that was being read while its account was disabled', async () => {
  let finish: (session: Session) => void = () => undefined;
  let disabled = false;
  const reads = [() => new Promise<Session>((resolve) => (finish = resolve)), () => Promise.resolve(sessionOf(disabled))];
  const credentials = new Credentials({
    database: { write: () => Promise.resolve() },
    directory: { session: () => reads.shift()?.() },
    clock: () => START,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  } as unknown as CredentialParts);
  const cookie = newSecret();
  const before = credentials.session(cookie);
  disabled = true;
  credentials.forget();
  finish(sessionOf(false));
  expect(await before).toBeDefined();
  expect(await credentials.session(cookie)).toBeUndefined();
});
