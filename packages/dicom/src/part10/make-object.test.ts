import { describe, expect, it } from 'vitest';
import type { DataSet } from '../dataset/model.ts';
import { bytesSource } from './byte-source.ts';
import { inspectObject } from './inspect.ts';
import { fragmentPieces, objectPieces } from './make-object.ts';

const PDF = '1.2.840.10008.5.1.4.1.1.104.1';
const LITTLE = '1.2.840.10008.1.2.1';
const BASELINE = '1.2.840.10008.1.2.4.50';

const dataSet = (sopClass: string): DataSet => ({
  '00080016': { vr: 'UI', Value: [sopClass] },
  '00080018': { vr: 'UI', Value: ['1.2.3'] },
  '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
  '0020000D': { vr: 'UI', Value: ['1.2'] },
  '0020000E': { vr: 'UI', Value: ['1.2.1'] },
  '00420010': { vr: 'ST', Value: ['Giấy ra viện'] },
  '00420012': { vr: 'LO', Value: ['application/pdf'] },
});

async function* bytes(...pieces: readonly number[][]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    yield Uint8Array.from(piece);
  }
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: number[] = [];
  for await (const piece of pieces) {
    all.push(...piece);
  }
  return Uint8Array.from(all);
}

describe('an object made from attributes and long values', () => {
  it('has the value in its place, padded, and the attributes before and behind it', async () => {
    const bulk = [{ tag: '00420011', vr: 'OB', length: 3, pieces: bytes([1, 2], [3]) } as const];
    const made = await whole(objectPieces(dataSet(PDF), { transferSyntaxUid: LITTLE, bulk }));
    const { header, bulk: found, warnings } = await inspectObject(bytesSource(made), { bulkThreshold: 0 });
    expect(header).toMatchObject({ ...dataSet(PDF), '00080005': { vr: 'CS', Value: ['ISO_IR 192'] } });
    const value = found.find(({ path }) => path === '00420011');
    expect([...made.subarray(value?.offset, (value?.offset ?? 0) + (value?.length ?? 0))]).toEqual([1, 2, 3, 0]);
    expect(warnings).toEqual([]);
  });

  it('holds frames in fragments, each found by the offset table', async () => {
    const frames = [
      { length: 5, pieces: bytes([255, 216, 1], [255, 217]) },
      { length: 4, pieces: bytes([255, 216, 255, 217]) },
    ];
    const bulk = [{ tag: '7FE00010', vr: 'OB', length: undefined, pieces: fragmentPieces(frames) } as const];
    const image = { ...dataSet('1.2.840.10008.5.1.4.1.1.77.1.4.1'), '00280008': { vr: 'IS', Value: ['2'] } } as const;
    const made = await whole(objectPieces(image, { transferSyntaxUid: BASELINE, bulk }));
    const { frames: table } = await inspectObject(bytesSource(made));
    expect(table).toMatchObject({ count: 2 });
    expect(made.byteLength % 2).toBe(0);
  });

  it.each([
    ['fewer', 4],
    ['more', 2],
  ])('is not made when the value has %s bytes than was said', async (which, length) => {
    const bulk = [{ tag: '00420011', vr: 'OB', length, pieces: bytes([1, 2, 3]) } as const];
    await expect(whole(objectPieces(dataSet(PDF), { transferSyntaxUid: LITTLE, bulk }))).rejects.toThrow(
      `a value has ${which} bytes than the ${length} that were said`,
    );
  });

  it('needs to say what it is', async () => {
    const { '00080016': _, ...nameless } = dataSet(PDF);
    await expect(whole(objectPieces(nameless, { transferSyntaxUid: LITTLE }))).rejects.toThrow('(0008,0016) is missing');
  });
});
