import { describe, expect, it } from 'vitest';
import type { Envelope } from '../core/envelope.ts';
import { type Member, Packs } from './s3-packs.ts';

const LIMITS = { packBytes: 1000, packMembers: 4, packsAtOnce: 4, packWaitMs: 1 };

function member(size: number): Member {
  return { pieces: [new Uint8Array(size)], envelope: { size } as Envelope };
}

/** Packs whose uploads end when the test says so. */
function held(limits = LIMITS) {
  const sent: { readonly sizes: readonly number[]; readonly end: (error?: Error) => void }[] = [];
  const packs = new Packs((members) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    const number = sent.length;
    sent.push({
      sizes: members.map(({ envelope }) => envelope.size),
      end: (error) => (error === undefined ? resolve(members.map((_, index) => `${number}.${index}`)) : reject(error)),
    });
    return promise;
  }, limits);
  return { packs, sent, sizes: () => sent.map(({ sizes }) => sizes) };
}

const waits = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('what goes up to an object store', () => {
  it('goes at once when it comes alone, time after time', async () => {
    const { packs, sent, sizes } = held();
    for (const size of [10, 20, 30]) {
      const key = packs.put(member(size));
      expect(sent.at(-1)?.sizes).toEqual([size]);
      sent.at(-1)?.end();
      expect(await key).toBe(`${sent.length - 1}.0`);
    }
    expect(sizes()).toEqual([[10], [20], [30]]);
  });

  it('goes together when it waited together, each with its own key', async () => {
    const { packs, sent, sizes } = held();
    const keys = [1, 2, 3, 4].map((size) => packs.put(member(size)));
    await expect.poll(sizes).toEqual([[1], [2, 3, 4]]);
    sent.forEach(({ end }) => {
      end();
    });
    expect(await Promise.all(keys)).toEqual(['0.0', '1.0', '1.1', '1.2']);
  });

  it('is cut into packs by number and by bytes, in the order it came', async () => {
    const { packs, sent, sizes } = held();
    const all = [1, 600, 600, 1, 1, 1, 1, 1, 5000].map((size) => packs.put(member(size)));
    for (let ended = 0; ended < 6; ended += 1) {
      await waits();
      sent[ended]?.end();
    }
    await Promise.all(all);
    expect(sizes().flat()).toEqual([1, 600, 600, 1, 1, 1, 1, 1, 5000]);
    for (const pack of sizes()) {
      expect(pack.length).toBeLessThanOrEqual(4);
      expect(pack.length === 1 || pack.reduce((a, b) => a + b, 0) <= 1000).toBe(true);
    }
  });

  it('gathers behind two that are under way, and goes up by four when there is more than fills a pack', async () => {
    const { packs, sent, sizes } = held();
    const first = [packs.put(member(1)), packs.put(member(2))];
    await expect.poll(sizes).toEqual([[1], [2]]);
    const more = [3, 4].map((size) => packs.put(member(size)));
    await waits();
    expect(sent).toHaveLength(2);
    more.push(...[5, 6, 7, 8, 9, 10, 11].map((size) => packs.put(member(size))));
    expect(sizes().slice(2)).toEqual([
      [3, 4, 5, 6],
      [7, 8, 9, 10],
    ]);
    sent.forEach(({ end }) => {
      end();
    });
    await expect.poll(() => sizes().at(-1)).toEqual([11]);
    sent.at(-1)?.end();
    await Promise.all([...first, ...more]);
  });

  it('fails for all of a pack, and for no other', async () => {
    const { packs, sent, sizes } = held();
    const outcomes = Promise.allSettled([1, 2, 3].map((size) => packs.put(member(size))));
    await expect.poll(sizes).toEqual([[1], [2, 3]]);
    sent[1]?.end(new Error('away'));
    sent[0]?.end();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    await packs.idle();
    const again = packs.put(member(4));
    await expect.poll(() => sent.length).toBe(3);
    sent[2]?.end();
    await again;
  });
});
