import { describe, expect, it } from 'vitest';
import { PasswordHasher } from './password-hasher.ts';

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

  it('works as long for a user who does not exist', async () => {
    const hasher = await PasswordHasher.create();
    const stored = await hasher.hash('nước chảy đá mòn');
    const time = async (hash: string | undefined) => {
      const times: number[] = [];
      for (let round = 0; round < 9; round += 1) {
        const start = performance.now();
        await hasher.verify(hash, 'wrong');
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[4] ?? 0;
    };
    const [known, unknown] = [await time(stored), await time(undefined)];
    // A look-up alone would take a hundredth of argon2's time.
    expect(unknown).toBeGreaterThan(known / 4);
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
    expect(await hasher.verify(await hasher.hash('x'), 'y'.repeat(2000))).toBe(false);
  });
});
