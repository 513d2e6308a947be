import { describe, expect, it } from 'vitest';
import type { Records } from '../records-port.ts';
import { RejectedCopies } from './rejected-copies.ts';

type Rejections = Pick<Records['rejections'], 'studiesWithRejected' | 'hasRejected' | 'isRejected'>;

/** Records of rejections, with what they were asked. */
function world(studies: string[], shared = false) {
  const asked: string[] = [];
  let fails = false;
  const rejections: Rejections = {
    studiesWithRejected: (limit) => {
      asked.push('studies');
      return fails ? Promise.reject(new Error('away')) : Promise.resolve(studies.slice(0, limit));
    },
    hasRejected: (study) => {
      asked.push(`study ${study}`);
      return Promise.resolve(studies.includes(study));
    },
    isRejected: (sop) => {
      asked.push(`instance ${sop}`);
      return Promise.resolve(sop === 'rejected');
    },
  };
  const copies = new RejectedCopies({ rejections: rejections as Records['rejections'] }, shared);
  const setFails = (now: boolean) => {
    fails = now;
  };
  const has = (study: string, sop: string) => copies.has(study, sop, 'sha256', 'main');
  return { copies, asked, has, fail: setFails };
}

describe('copies of what was rejected', () => {
  it('are looked for once, however many instances of other studies come', async () => {
    const { has, asked } = world(['1.1']);
    const outcomes = await Promise.all(['1.2', '1.2', '1.3', '1.4'].map((study) => has(study, 'any')));
    expect(outcomes).toEqual([false, false, false, false]);
    expect(await has('1.5', 'any')).toBe(false);
    expect(asked).toEqual(['studies']);
  });

  it('are told from the other instances of their study', async () => {
    const { has, asked } = world(['1.1']);
    expect(await has('1.1', 'rejected')).toBe(true);
    expect(await has('1.1', 'another')).toBe(false);
    expect(asked).toEqual(['studies', 'instance rejected', 'instance another']);
  });

  it('are known as soon as one was rejected here', async () => {
    const studies: string[] = [];
    const { has, copies } = world(studies);
    expect(await has('1.1', 'rejected')).toBe(false);
    studies.push('1.1');
    copies.forget();
    expect(await has('1.1', 'rejected')).toBe(true);
  });

  it('are asked for by study where very many have some', async () => {
    const { has, asked } = world(Array.from({ length: 6_000 }, (_, number) => `1.${number}`));
    expect(await has('1.5999', 'rejected')).toBe(true);
    expect(await has('2', 'rejected')).toBe(false);
    expect(asked).toEqual(['studies', 'study 1.5999', 'instance rejected', 'study 2']);
  });

  it('are asked for each time where another process may just have rejected one', async () => {
    const { has, asked } = world([], true);
    expect(await has('1.1', 'another')).toBe(false);
    expect(await has('1.1', 'rejected')).toBe(true);
    expect(asked).toEqual(['instance another', 'instance rejected']);
  });

  it('are asked for again after an answer that did not come', async () => {
    const { has, fail } = world(['1.1']);
    fail(true);
    await expect(has('1.1', 'rejected')).rejects.toThrow('away');
    fail(false);
    expect(await has('1.1', 'rejected')).toBe(true);
  });
});
