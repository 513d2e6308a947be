import type { TransferSyntax, Vr } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';

export type PixelPiece = Uint8Array | ReadableStream<Uint8Array>;

/** An explicit length has 32 bits, and its largest value means none. PS3.5 7.1.1. */
const MAX_VALUE_BYTES = 0xfffffffe;
const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xe000;
const SEQUENCE_DELIMITATION = 0xe0dd;

/** An element whose value has `length` bytes, and is filled up to an even number. @throws ArchiveError `not-acceptable` */
export function nativePieces(
  tag: string,
  vr: Vr,
  length: number,
  target: TransferSyntax,
  value: AsyncIterable<PixelPiece> | Iterable<PixelPiece>,
): AsyncGenerator<PixelPiece, void, void> {
  const padding = length % 2;
  if (length + padding > MAX_VALUE_BYTES) {
    throw new ArchiveError(
      'not-acceptable',
      'Uncompressed, the pixels are longer than one value can be. Ask for them frame by frame.',
    );
  }
  return (async function* () {
    yield pixelHeader(tag, vr, length + padding, target);
    yield* value;
    yield new Uint8Array(padding);
  })();
}

/** Frames as fragments, one each. */
export interface Fragments {
  /** The first of them; as a rule all. */
  readonly ready: readonly Uint8Array[];
  readonly rest: AsyncIterable<Uint8Array>;
  /** All there will be. */
  readonly count: number;
}

/**
 * Encapsulated Pixel Data. The Basic Offset Table is filled in when all frames are at hand, and left empty, as it may be, when they are
 * too many to be held: they are made while they are sent. PS3.5 A.4.
 */
export async function* encapsulatedPieces({ ready, rest, count }: Fragments): AsyncGenerator<Uint8Array, void, void> {
  yield pixelHeader('7FE00010', 'OB', UNDEFINED_LENGTH, { explicitVr: true, littleEndian: true });
  yield* offsetTable(ready.length === count ? ready : []);
  for (const fragment of ready) {
    yield* item(fragment);
  }
  for await (const fragment of rest) {
    yield* item(fragment);
  }
  yield marker(SEQUENCE_DELIMITATION, 0);
}

function offsetTable(fragments: readonly Uint8Array[]): readonly Uint8Array[] {
  const table = new Uint8Array(4 * fragments.length);
  const view = new DataView(table.buffer);
  let offset = 0;
  for (const [index, { length }] of fragments.entries()) {
    view.setUint32(4 * index, offset, true);
    offset += 8 + length + (length % 2);
  }
  return [marker(ITEM, table.length), table];
}

function item(fragment: Uint8Array): readonly Uint8Array[] {
  const padding = fragment.length % 2;
  return [marker(ITEM, fragment.length + padding), fragment, new Uint8Array(padding)];
}

function marker(element: number, length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xfffe, true);
  view.setUint16(2, element, true);
  view.setUint32(4, length, true);
  return bytes;
}

function pixelHeader(
  tag: string,
  vr: Vr,
  length: number,
  { explicitVr, littleEndian }: Pick<TransferSyntax, 'explicitVr' | 'littleEndian'>,
): Uint8Array {
  const bytes = new Uint8Array(explicitVr ? 12 : 8);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), littleEndian);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), littleEndian);
  if (explicitVr) {
    bytes.set([vr.charCodeAt(0), vr.charCodeAt(1)], 4);
  }
  view.setUint32(explicitVr ? 8 : 4, length, littleEndian);
  return bytes;
}
