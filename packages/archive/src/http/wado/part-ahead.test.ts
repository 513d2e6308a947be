import type { OutgoingPart } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { partAhead } from './part-ahead.ts';

/** Parts that tell what is done with them. */
function watched(count: number, failsAt?: number) {
  const told: string[] = [];
  const parts = (async function* (): AsyncGenerator<OutgoingPart, void, void> {
    try {
      for (let at = 0; at < count; at += 1) {
        if (at === failsAt) {
          throw new Error('the store is away');
        }
        told.push(`open ${at}`);
        yield { headers: {}, body: new ReadableStream({ cancel: () => void told.push(`cancel ${at}`) }) };
      }
    } finally {
      told.push('end');
    }
  })();
  return { told, parts };
}

describe('a part ahead', () => {
  it('is opened while the one before it is sent, and no further one', async () => {
    const { told, parts } = watched(4);
    const ahead = partAhead(parts);
    await ahead.next();
    await Promise.resolve();
    expect(told).toEqual(['open 0', 'open 1']);
    await ahead.next();
    expect(told).toEqual(['open 0', 'open 1', 'open 2']);
  });

  it('keeps the order and ends with the last', async () => {
    const { parts, told } = watched(3);
    expect(await Array.fromAsync(partAhead(parts))).toHaveLength(3);
    expect(told).toEqual(['open 0', 'open 1', 'open 2', 'end']);
  });

  it('is let go of when the reader leaves before its turn', async () => {
    const { parts, told } = watched(4);
    const ahead = partAhead(parts);
    await ahead.next();
    await ahead.return();
    expect(told).toEqual(['open 0', 'open 1', 'cancel 1', 'end']);
  });

  it('fails at its own turn, after the parts before it', async () => {
    const { parts } = watched(4, 2);
    const ahead = partAhead(parts);
    expect((await ahead.next()).done).toBe(false);
    expect((await ahead.next()).done).toBe(false);
    await expect(ahead.next()).rejects.toThrow('the store is away');
  });
});
