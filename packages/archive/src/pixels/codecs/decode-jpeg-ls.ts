import { interleavePlanes } from '../decode/colour-layout.ts';
import { Codec } from './codec-module.ts';
import type { CodedImage } from './decode-jpeg-2000.ts';

/** Decodes JPEG-LS, lossless and near-lossless. PS3.5 8.2.3. */
export class JpegLsDecoder {
  readonly #charls = new Codec(
    'JPEG-LS',
    async () => (await import('@cornerstonejs/codec-charls/decodewasmjs')).default,
    (module) => module.JpegLSDecoder,
  );

  async decode(encoded: Uint8Array): Promise<CodedImage> {
    const { info, interleaveMode, bytes } = await this.#charls.decode(withEnd(encoded));
    const planes = interleaveMode === 0 && info.componentCount > 1;
    return {
      rows: info.height,
      columns: info.width,
      components: info.componentCount,
      bits: info.bitsPerSample,
      signed: false,
      bytes: planes ? sideBySide(bytes, info.bitsPerSample, info.componentCount) : bytes,
      becameRgb: false,
    };
  }
}

function sideBySide(bytes: Uint8Array<ArrayBuffer>, bits: number, components: number): Uint8Array<ArrayBuffer> {
  const planes = bits <= 8 ? bytes : new Uint16Array(bytes.buffer, 0, bytes.length >> 1);
  const pixels = interleavePlanes(planes, components);
  const copy = new Uint8Array(pixels.byteLength);
  copy.set(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
  return copy;
}

/**
 * CharLS needs an end marker, which some machines leave out; and without one it can search a cut stream for seconds.
 */
function withEnd(encoded: Uint8Array): Uint8Array {
  let at = encoded.length - 1;
  while (at > 0 && encoded[at] === 0) {
    at -= 1;
  }
  if (encoded[at - 1] === 0xff && encoded[at] === 0xd9) {
    return encoded;
  }
  const whole = new Uint8Array(encoded.length + 2);
  whole.set(encoded);
  whole.set([0xff, 0xd9], encoded.length);
  return whole;
}
