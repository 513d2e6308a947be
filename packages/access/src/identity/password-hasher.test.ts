import { verify } from '@node-rs/argon2';
import { describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from './password-hasher.ts';

vi.mock('@node-rs/argon2', { spy: true });

describe('the password hasher', () => {
  it('verifies what it hashed, and nothing else', async () => {
    const hasher = await PasswordHasher.create();
    const stored = await hasher.hash('nước chảy đá mòn');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.verify(stored, 'nước chảy đá mòn')).toBe(true);
    expect(await hasher.verify(stored, 'nước chảy đá mon')).toBe(false);
    expect(await hasher.verify(stored, '')).toBe(false);
    expect(await hasher.verify('not a hash', 'x')).toBe(false);
  });

  it('works as much for a user who does not exist: the same argon2, on a hash of the same cost that nobody has', async () => {
    const hasher = await PasswordHasher.create();
    const stored = await hasher.hash('nước chảy đá mòn');
    vi.mocked(verify).mockClear();
    expect([await hasher.verify(stored, 'wrong'), await hasher.verify(undefined, 'wrong')]).toEqual([false, false]);
    const [[known = '', ...knownRest] = [], [decoy = '', ...decoyRest] = []] = vi.mocked(verify).mock.calls;
    expect(vi.mocked(verify)).toHaveBeenCalledTimes(2);
    const costOf = (hash: unknown) => String(hash).split('$').slice(0, 4).join('$');
    expect([costOf(decoy), decoyRest]).toEqual([costOf(known), knownRest]);
    expect([costOf(decoy), decoy === known]).toEqual(['$argon2id$v=19$m=19456,t=2,p=1', false]);
  });

  it('hashes two at a time, lets 64 wait, and tells the rest to come back', async () => {
    const hasher = await PasswordHasher.create();
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => hasher.verify(undefined, 'x')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(80 - 2 - 64);
    expect(refused[0]).toMatchObject({ reason: { code: 'busy', retryAfter: 5 } });
    expect(await hasher.verify(undefined, 'x')).toBe(false);
  });

  it('spends no time on a password nobody could have set', async () => {
    const hasher = await PasswordHasher.create();
    const stored = await hasher.hash('x');
    vi.mocked(verify).mockClear();
    expect(await hasher.verify(stored, 'y'.repeat(2000))).toBe(false);
    expect(vi.mocked(verify)).not.toHaveBeenCalled();
  });
});
