import { behind } from './pieces.ts';

/** Writes all pieces, however short the writes of the system are; `write` gives the bytes it wrote, and is told those before. */
export async function writeAll(
  pieces: readonly Uint8Array[],
  write: (rest: readonly Uint8Array[], at: number) => Promise<number>,
): Promise<void> {
  let at = 0;
  for (let rest = pieces; rest.length > 0; ) {
    const written = await write(rest, at);
    const left = behind(rest, written);
    if (written === 0 && left.length > 0) {
      throw new Error('the disk took no byte of a write');
    }
    rest = left;
    at += written;
  }
}
