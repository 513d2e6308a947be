import { ArchiveError } from '../../core/errors.ts';

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;
/** The longest run and the longest stretch of bytes as they are. PS3.5 G.3.1. */
const MOST = 128;

/**
 * Encodes native little-endian cells, samples interleaved, as an RLE frame: a segment for each byte of each sample, the most
 * significant first, each row by itself. PS3.5 annex G.
 * @throws ArchiveError `not-acceptable` when there are more than 15 segments
 */
export function encodeRle(bytes: Uint8Array, columns: number, samplesPerPixel: number, bytesPerSample: number): Uint8Array {
  const stride = samplesPerPixel * bytesPerSample;
  if (stride > MOST_SEGMENTS) {
    throw new ArchiveError('not-acceptable', `RLE has 15 segments at most; ${stride} bytes a pixel need as many.`);
  }
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, stride, true);
  const parts: Uint8Array[] = [header];
  let offset = HEADER_BYTES;
  const pixels = Math.floor(bytes.length / stride);
  for (let segment = 0; segment < stride; segment += 1) {
    view.setUint32(4 + 4 * segment, offset, true);
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    const encoded = encodeSegment(bytes, sample * bytesPerSample + byte, stride, pixels, columns);
    parts.push(encoded);
    offset += encoded.length;
  }
  return Buffer.concat(parts, offset);
}

function encodeSegment(bytes: Uint8Array, start: number, stride: number, pixels: number, columns: number): Uint8Array {
  // At worst a byte more for 128 of each row, and one to make it even.
  const out = new Uint8Array(pixels + Math.ceil(columns / MOST) * Math.ceil(pixels / columns) + 1);
  const row = new Uint8Array(columns);
  let to = 0;
  for (let first = 0; first < pixels; first += columns) {
    const length = Math.min(columns, pixels - first);
    for (let i = 0; i < length; i += 1) {
      row[i] = bytes[start + (first + i) * stride] ?? 0;
    }
    to = encodeRow(row, length, out, to);
  }
  return out.subarray(0, to + (to % 2));
}

/** Returns where the next row goes. Runs of two are worth it only where no stretch is under way. PS3.5 G.3.1. */
function encodeRow(row: Uint8Array, length: number, out: Uint8Array, start: number): number {
  let to = start;
  let at = 0;
  let literal = 0;
  const flush = (end: number) => {
    while (literal < end) {
      const count = Math.min(MOST, end - literal);
      out[to] = count - 1;
      out.set(row.subarray(literal, literal + count), to + 1);
      to += count + 1;
      literal += count;
    }
  };
  while (at < length) {
    let run = 1;
    while (run < MOST && at + run < length && row[at + run] === row[at]) {
      run += 1;
    }
    if (run > 2 || (run === 2 && literal === at)) {
      flush(at);
      out[to] = 257 - run;
      out[to + 1] = row[at] ?? 0;
      to += 2;
      at += run;
      literal = at;
    } else {
      at += run;
    }
  }
  flush(length);
  return to;
}
