import type { ByteSource, ReceivedContent } from '@filmless/dicom';
import { copyInto } from './copy-into.ts';
import type { Disk } from './disk.ts';
import { lengthOf } from './pieces.ts';

/** Random access to the first `size` bytes of what was received; more may stand behind them. @throws the system's error */
export async function openContent(disk: Disk, content: ReceivedContent, size: number): Promise<ByteSource & AsyncDisposable> {
  if ('pieces' in content) {
    const { pieces } = content;
    return {
      size,
      read: (offset, length) => Promise.resolve(slice(pieces, offset, Math.min(length, size - offset))),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const file = await disk.open(content.path);
  return {
    size,
    read: async (offset, length) => {
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - offset)));
      return bytes.subarray(0, await file.read(bytes, offset));
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** A range of bytes in pieces; without a copy where it lies in one of them. */
function slice(pieces: readonly Uint8Array[], offset: number, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  const end = offset + length;
  for (const piece of pieces) {
    if (at >= end) {
      break;
    }
    const [from, to] = [Math.max(offset - at, 0), Math.min(end - at, piece.byteLength)];
    if (from < to) {
      parts.push(piece.subarray(from, to));
    }
    at += piece.byteLength;
  }
  const [first, ...others] = parts;
  return first !== undefined && others.length === 0 ? first : joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    copyInto(bytes, part, at);
    at += part.byteLength;
  }
  return bytes;
}
