import { describe, expect, test } from 'vitest';
import { createIdleLock, isLeftAlone, isLockedAway, type SharedMemory } from './idle-lock.ts';

const MINUTE = 60_000;

function browser() {
  const kept = new Map<string, string>();
  const memory: SharedMemory = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  const clock = { now: 1_000_000_000 };
  const tab = (minutes = 15) => {
    const locks: number[] = [];
    const options = { memory, now: () => clock.now, minutes: () => minutes, lock: () => void locks.push(clock.now) };
    return { lock: createIdleLock(options), locks };
  };
  return { memory, clock, tab };
}

describe('a page nobody touches', () => {
  test('is locked once after its minutes, not before', () => {
    const { clock, tab, memory } = browser();
    const { lock, locks } = tab();
    clock.now += 15 * MINUTE - 1;
    lock.check();
    expect(locks).toEqual([]);
    clock.now += 1;
    lock.check();
    lock.check();
    expect(locks).toHaveLength(1);
    expect(isLockedAway(memory)).toBe(true);
  });

  test('stays open while it is touched', () => {
    const { clock, tab } = browser();
    const { lock, locks } = tab();
    for (let minute = 0; minute < 60; minute += 1) {
      clock.now += MINUTE;
      lock.touched();
      lock.check();
    }
    expect(locks).toEqual([]);
  });

  test('stays open while another tab is touched, and is locked with it', () => {
    const { clock, tab } = browser();
    const [one, other] = [tab(), tab()];
    clock.now += 10 * MINUTE;
    one.lock.touched();
    clock.now += 10 * MINUTE;
    other.lock.check();
    expect(other.locks).toEqual([]);
    clock.now += 5 * MINUTE;
    one.lock.check();
    other.lock.check();
    expect([one.locks.length, other.locks.length]).toEqual([1, 1]);
  });

  test('asks for the password when it was closed for longer than it may be left, or locked', () => {
    const { clock, tab, memory } = browser();
    expect(isLeftAlone(memory, clock.now)).toBe(false);
    const { lock } = tab(10);
    lock.opened();
    clock.now += 5 * MINUTE;
    lock.touched();
    expect(isLeftAlone(memory, clock.now + 10 * MINUTE - 1)).toBe(false);
    expect(isLeftAlone(memory, clock.now + 10 * MINUTE)).toBe(true);
    clock.now += 10 * MINUTE;
    lock.check();
    lock.opened();
    expect(isLeftAlone(memory, clock.now)).toBe(false);
    tab(0).lock.opened();
    expect(isLeftAlone(memory, clock.now + 24 * 60 * MINUTE)).toBe(false);
  });

  test('of a computer that slept is locked by the touch that wakes it', () => {
    const { clock, tab } = browser();
    const { lock, locks } = tab();
    clock.now += 8 * 60 * MINUTE;
    lock.touched();
    expect(locks).toHaveLength(1);
  });

  test('is never locked where the hospital says so', () => {
    const { clock, tab } = browser();
    const { lock, locks } = tab(0);
    clock.now += 600 * MINUTE;
    lock.check();
    expect(locks).toEqual([]);
  });

  test('is open again after signing in, here and after a reload', () => {
    const { clock, tab, memory } = browser();
    const { lock, locks } = tab();
    clock.now += 20 * MINUTE;
    lock.check();
    lock.opened();
    expect(isLockedAway(memory)).toBe(false);
    lock.check();
    tab().lock.check();
    expect(locks).toHaveLength(1);
  });
});
