import { describe, expect, it } from 'vitest';
import { networkOf } from './attempt-rules.ts';
import { Attempts } from './attempts.ts';

const HOME = '10.0.0.7';

function fixture() {
  let now = 0;
  const attempts = new Attempts(() => now);
  return {
    attempts,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}

describe('attempts', () => {
  it('lets five failures pass, then makes each wait twice as long', () => {
    const { attempts, pass } = fixture();
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const wait = attempts.begin({ account: 'an', address: HOME });
      waits.push(wait);
      pass(wait);
      if (wait > 0) {
        expect(attempts.begin({ account: 'an', address: HOME })).toBe(0);
      }
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8]);
  });

  it('never waits longer than five minutes', () => {
    const { attempts, pass } = fixture();
    let longest = 0;
    for (let round = 0; round < 40; round += 1) {
      const wait = attempts.begin({ account: 'an', address: HOME });
      longest = Math.max(longest, wait);
      pass(wait);
    }
    expect(longest).toBe(300);
  });

  it('counts attempts before they are tried, so that a thousand at once are no way around', () => {
    const { attempts } = fixture();
    const tried = Array.from({ length: 1000 }, () => attempts.begin({ account: 'an', address: HOME })).filter(
      (wait) => wait === 0,
    );
    expect(tried).toHaveLength(5);
  });

  it('forgets the failures of an account that signs in', () => {
    const { attempts } = fixture();
    for (let round = 0; round < 50; round += 1) {
      expect(attempts.begin({ account: 'an', address: HOME })).toBe(0);
      attempts.succeeded({ account: 'an', address: HOME });
    }
  });

  it('slows one address that tries many accounts, while one valid account does not clear its way', () => {
    const { attempts } = fixture();
    let tried = 0;
    for (let round = 0; round < 500; round += 1) {
      tried += attempts.begin({ account: `user${round}`, address: HOME }) === 0 ? 1 : 0;
      if (attempts.begin({ account: 'mine', address: HOME }) === 0) {
        attempts.succeeded({ account: 'mine', address: HOME });
      }
    }
    expect(tried).toBeLessThanOrEqual(60);
  });

  it('slows many addresses that try one account, for at most a minute', () => {
    const { attempts, pass } = fixture();
    let longest = 0;
    for (let round = 0; round < 200; round += 1) {
      const wait = attempts.begin({ account: 'an', address: `10.1.${round}.1` });
      longest = Math.max(longest, wait);
      pass(wait);
    }
    expect(longest).toBe(60);
  });

  it('does not let one account block another at a shared address', () => {
    const { attempts } = fixture();
    for (let round = 0; round < 20; round += 1) {
      attempts.begin({ account: 'an', address: HOME });
    }
    expect(attempts.begin({ account: 'binh', address: HOME })).toBe(0);
  });

  it('keeps a bounded memory under a flood of names', () => {
    const { attempts } = fixture();
    for (let round = 0; round < 30_000; round += 1) {
      attempts.begin({ account: `user${round}`, address: `10.${round >> 16}.${(round >> 8) & 255}.${round & 255}` });
    }
    expect(attempts.size).toBeLessThanOrEqual(60_000);
  });

  it('counts an IPv6 network as one address', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe(networkOf('2001:db8:1:2::9'));
    expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0');
    expect(networkOf('::ffff:10.0.0.7')).toBe('10.0.0.7');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
    expect(networkOf('::1')).toBe('0:0:0:0');
  });
});
