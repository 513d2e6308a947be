import { behind } from './pieces.ts';

/** Writes all pieces, however short the writes of the system are; `write` gives the bytes it wrote. */
export async function writeAll(
  pieces: readonly Uint8Array[],
  write: (rest: readonly Uint8Array[]) => Promise<number>,
): Promise<void> {
  for (let rest = pieces; rest.length > 0; ) {
    const written = await write(rest);
    const left = behind(rest, written);
    if (written === 0 && left.length > 0) {
      throw new Error('the disk took no byte of a write');
    }
    rest = left;
  }
}
