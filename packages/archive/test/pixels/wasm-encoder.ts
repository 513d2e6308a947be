import { createRequire } from 'node:module';

export interface EncoderInput {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

interface Encoder {
  getDecodedBuffer(info: EncoderInput & { readonly isUsingColorTransform: boolean }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setInterleaveMode?(mode: number): void;
  setDecompositions?(levels: number): void;
  encode(): void;
}

type Module = Readonly<Record<string, new () => Encoder>>;

const require = createRequire(import.meta.url);
const CODECS = {
  'jpeg-ls': ['@cornerstonejs/codec-charls/wasmjs', 'JpegLSEncoder'],
  'jpeg-2000': ['@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder'],
  htj2k: ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder'],
} as const;

/** Encodes without loss, with the encoder that goes with a codec: tests need frames that no file holds. */
export async function encodeWith(
  coding: keyof typeof CODECS,
  info: EncoderInput,
  samples: Uint8Array,
  interleaveMode?: number,
): Promise<Uint8Array> {
  const [path, name] = CODECS[coding];
  const load = require(path) as () => Promise<Module>;
  const Constructor = (await load())[name];
  if (Constructor === undefined) {
    throw new Error(`${path} has no ${name}`);
  }
  const encoder = new Constructor();
  if (interleaveMode !== undefined) {
    encoder.setInterleaveMode?.(interleaveMode);
  }
  encoder.setDecompositions?.(1);
  encoder.getDecodedBuffer({ ...info, isUsingColorTransform: info.componentCount > 1 }).set(samples);
  encoder.encode();
  return Uint8Array.from(encoder.getEncodedBuffer());
}
