import { ArchiveError } from '../../core/errors.ts';

/** What a codec found in a frame's header. */
export interface CodecFrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

/** One decoder object of a WebAssembly codec; `delete` frees its memory. */
export interface CodecDecoder {
  getEncodedBuffer(size: number): Uint8Array;
  getDecodedBuffer(): Uint8Array | Uint8ClampedArray;
  getFrameInfo(): CodecFrameInfo;
  /** CharLS: 0 planes, 1 lines, 2 pixels. */
  getInterleaveMode?(): number;
  decode(): void;
  delete(): void;
}

/** One encoder object of a WebAssembly codec. */
export interface CodecEncoder {
  /** Room for the samples, little endian, interleaved. */
  getDecodedBuffer(info: CodecFrameInfo & { readonly isUsingColorTransform: boolean }): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setInterleaveMode?(mode: number): void;
  setNearLossless?(most: number): void;
  setDecompositions?(levels: number): void;
  setProgressionOrder?(order: number): void;
  setTLMMarker?(wanted: boolean): void;
  setTilePartDivisionsAtResolutions?(wanted: boolean): void;
  setCompressionRatio?(ratio: number): void;
  setQuality?(lossless: boolean, step: number): void;
  encode(): void;
  delete(): void;
}

export interface CodecModule {
  readonly HEAPU8: Uint8Array;
  readonly getExceptionMessage?: (pointer: number) => string;
  readonly JpegLSDecoder?: new () => CodecDecoder;
  readonly J2KDecoder?: new () => CodecDecoder;
  readonly HTJ2KDecoder?: new () => CodecDecoder;
  readonly JpegLSEncoder?: new () => CodecEncoder;
  readonly J2KEncoder?: new () => CodecEncoder;
  readonly HTJ2KEncoder?: new () => CodecEncoder;
}

export type CodecFactory = (options: {
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}) => Promise<CodecModule>;

/** A codec that used more memory than this is loaded anew: WebAssembly memory never shrinks. */
const MOST_KEPT_BYTES = 256 * 1024 * 1024;

export interface CodecImage {
  readonly info: CodecFrameInfo;
  readonly interleaveMode: number;
  /** A copy, 8 or 16 bits a sample. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A WebAssembly codec that is loaded at its first use, and again after a failure: what a fault left in its memory is unknown. */
export class CodecLoader {
  readonly #name: string;
  readonly #factory: () => Promise<CodecFactory>;
  readonly #messages: string[] = [];
  #module: Promise<CodecModule> | undefined;

  constructor(name: string, factory: () => Promise<CodecFactory>) {
    this.#name = name;
    this.#factory = factory;
  }

  /** @throws ArchiveError `cannot-decode` in the codec's words, whatever it failed with */
  async run<T>(work: (module: CodecModule) => T): Promise<T> {
    this.#module ??= this.#load();
    const module = await this.#module;
    this.#messages.length = 0;
    try {
      return work(module);
    } catch (error) {
      this.#module = undefined;
      throw this.#explain(module, error);
    } finally {
      if (module.HEAPU8.byteLength > MOST_KEPT_BYTES) {
        this.#module = undefined;
      }
    }
  }

  async #load(): Promise<CodecModule> {
    const factory = await this.#factory();
    const keep = (line: string): void => {
      if (this.#messages.length < 8) {
        this.#messages.push(line.slice(0, 200));
      }
    };
    return await factory({ print: keep, printErr: keep });
  }

  #explain(module: CodecModule, error: unknown): ArchiveError {
    const reason =
      typeof error === 'number'
        ? (module.getExceptionMessage?.(error) ?? 'failed')
        : error instanceof Error
          ? error.message
          : String(error);
    const said = this.#messages.filter((line) => line.startsWith('[ERROR]') || line.includes('error'));
    const detail = [reason.replace(`${this.#name}: `, ''), ...said].join('; ');
    return new ArchiveError('cannot-decode', `${this.#name}: ${detail}`, { cause: error });
  }
}

/** A decoder of a WebAssembly codec. */
export class Codec {
  readonly #name: string;
  readonly #loader: CodecLoader;
  readonly #decoder: (module: CodecModule) => (new () => CodecDecoder) | undefined;

  constructor(
    name: string,
    factory: () => Promise<CodecFactory>,
    decoder: (module: CodecModule) => (new () => CodecDecoder) | undefined,
  ) {
    this.#name = name;
    this.#loader = new CodecLoader(name, factory);
    this.#decoder = decoder;
  }

  decode(encoded: Uint8Array): Promise<CodecImage> {
    return this.#loader.run((module) => {
      const Decoder = this.#decoder(module);
      if (Decoder === undefined) {
        throw new ArchiveError('cannot-decode', `${this.#name}: the codec is not complete`);
      }
      const decoder = new Decoder();
      decoder.getEncodedBuffer(encoded.length).set(encoded);
      decoder.decode();
      const info = decoder.getFrameInfo();
      const bytes = new Uint8Array(decoder.getDecodedBuffer());
      const interleaveMode = decoder.getInterleaveMode?.() ?? 2;
      decoder.delete();
      this.#checkComplete(info, bytes);
      return { info, interleaveMode, bytes };
    });
  }

  /** The codecs report some failures by returning without an image. */
  #checkComplete(info: CodecFrameInfo, bytes: Uint8Array): void {
    const needed = info.width * info.height * info.componentCount * (info.bitsPerSample > 8 ? 2 : 1);
    if (needed === 0 || bytes.length < needed) {
      throw new ArchiveError('cannot-decode', `${this.#name}: no whole image came out`);
    }
  }
}
