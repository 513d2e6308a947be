import { type Blackening, pixelDataEnd } from '@filmless/dicom';
import { RouterError } from '../errors.ts';
import type { PieceReader } from './piece-reader.ts';

const ITEM_HEADER_BYTES = 8;
const ITEM = 0xe000fffe;
const SEQUENCE_DELIMITATION = 0xe0ddfffe;
const PAD = new Uint8Array(1);

/** Native Pixel Data, blackened where that is asked for; one byte longer where its length is odd. PS3.5 8.1.1. */
export async function* nativePixels(
  reader: PieceReader,
  length: number,
  blackening: Blackening | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  let offset = 0;
  for await (const piece of reader.take(length)) {
    yield blackening?.apply(piece, offset) ?? piece;
    offset += piece.byteLength;
  }
  if (length % 2 === 1) {
    yield PAD;
  }
}

/**
 * Fragments with their item headers and their end marker, and nothing behind it. PS3.5 A.4.
 * @throws RouterError `not-derivable` where something else stands between them
 */
export async function* fragments(reader: PieceReader): AsyncGenerator<Uint8Array, void, void> {
  for (;;) {
    const held = await reader.peek(ITEM_HEADER_BYTES);
    if (held.byteLength < ITEM_HEADER_BYTES) {
      // Some machines leave the end marker out.
      yield pixelDataEnd();
      return;
    }
    const view = new DataView(held.buffer, held.byteOffset, ITEM_HEADER_BYTES);
    const tag = view.getUint32(0, true);
    if (tag === SEQUENCE_DELIMITATION) {
      yield pixelDataEnd();
      return;
    }
    if (tag !== ITEM) {
      throw new RouterError('not-derivable', 'Pixel Data is not made of fragments, against its transfer syntax');
    }
    yield* reader.take(ITEM_HEADER_BYTES + view.getUint32(4, true));
  }
}
