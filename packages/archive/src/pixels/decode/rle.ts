import { ArchiveError } from '../../core/errors.ts';

/** Bytes that one byte of a segment can become: two make a run of 128. PS3.5 G.3.2. */
const RUN_EXPANSION = 64;

/**
 * Decodes an RLE frame to native little-endian bytes, samples interleaved: each segment holds one byte of one sample of
 * every pixel, the most significant first. PS3.5 annex G.
 * @param pixels cells in the frame (bytes of packed bits when Bits Allocated is 1)
 */
export function decodeRle(bytes: Uint8Array, pixels: number, samplesPerPixel: number, bytesPerSample: number): Uint8Array {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = samplesPerPixel * bytesPerSample;
  if (bytes.length < 64 || data.getUint32(0, true) !== segments) {
    const found = bytes.length < 64 ? 'no header' : `${data.getUint32(0, true)} segments`;
    throw new ArchiveError('cannot-decode', `RLE: ${found} where ${segments} segments are needed`);
  }
  if ((bytes.length - 64) * RUN_EXPANSION < (pixels * segments) / 2) {
    throw new ArchiveError('cannot-decode', `RLE: ${bytes.length} bytes cannot hold half of ${pixels * segments}`);
  }
  const stride = segments;
  const out = new Uint8Array(pixels * stride);
  for (let segment = 0; segment < segments; segment += 1) {
    const from = data.getUint32(4 + 4 * segment, true);
    const to = segment + 1 < segments ? data.getUint32(8 + 4 * segment, true) : bytes.length;
    if (from < 64 || from > to || to > bytes.length) {
      throw new ArchiveError('cannot-decode', `RLE: segment ${segment + 1} goes beyond the frame`);
    }
    const sample = Math.floor(segment / bytesPerSample);
    const byte = bytesPerSample - 1 - (segment % bytesPerSample);
    const written = expand(bytes.subarray(from, to), out, sample * bytesPerSample + byte, stride, pixels);
    if (written < pixels / 2) {
      throw new ArchiveError('cannot-decode', `RLE: segment ${segment + 1} has ${written} of ${pixels} bytes`);
    }
  }
  return out;
}

/** Writes a segment's runs to every `stride`th byte; returns how many of `count` there were. PS3.5 G.3.2. */
function expand(segment: Uint8Array, out: Uint8Array, start: number, stride: number, count: number): number {
  let at = 0;
  let to = start;
  let left = count;
  while (at < segment.length && left > 0) {
    const control = segment[at] ?? 0;
    at += 1;
    if (control === 128) {
      continue;
    }
    const literal = control < 128;
    const length = Math.min(literal ? control + 1 : 257 - control, left, literal ? segment.length - at : left);
    for (let i = 0; i < length; i += 1) {
      out[to] = segment[literal ? at + i : at] ?? 0;
      to += stride;
    }
    at += literal ? length : 1;
    left -= length;
  }
  return count - left;
}
