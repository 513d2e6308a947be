import type { DataSet } from '@filmless/dicom';

/** One stored frame, still in its transfer syntax. */
export interface EncodedFrame {
  /** The object's header, as kept at ingest. */
  readonly header: DataSet;
  readonly transferSyntaxUid: string;
  /** How many bytes `read` gives. */
  readonly length: number;
  /**
   * The frame's bytes: its fragments concatenated, or its run of native pixel data. They are given away; where `memory` is lent they may
   * be at its beginning.
   */
  readonly read: (memory?: Uint8Array) => Promise<Uint8Array>;
  /** Zero-based. */
  readonly frameIndex: number;
  /** First bit of the frame within its bytes, where one-bit frames share a byte. PS3.5 8.1.1. */
  readonly firstBit: number;
  /** Reads a value the header only names by BulkDataURI: the long lookup tables of palettes, modality and VOI. */
  readonly bulk?: (uri: string) => Promise<Uint8Array>;
}

/** Pixels as numbers: samples interleaved (planar configuration 0), little endian, `bitsAllocated` bits each. */
export interface DecodedFrame {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** After decoding: a codec may have turned YBR into RGB. */
  readonly photometricInterpretation: string;
  readonly bytes: Uint8Array;
}

/** What frames are compressed with, none of which loses anything. */
export type LosslessCoding = 'rle' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** A frame in another coding, and what may have changed in its description. */
export interface RecodedFrame {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  /** Of the codestream: RGB may lie in it as YBR_RCT. PS3.5 8.2.4. */
  readonly photometricInterpretation: string;
  readonly bytes: Uint8Array;
}

export interface RenderOptions {
  readonly mediaType: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';
  /** 1 to 100; for lossy media types. PS3.18 8.3.5.1.2. */
  readonly quality?: number;
  readonly window?: { readonly center: number; readonly width: number; readonly shape: 'linear' | 'linear-exact' | 'sigmoid' };
  /** Fits within columns x rows, keeping the aspect ratio; crop is a part of the source in pixels. PS3.18 8.3.5.1.3. */
  readonly viewport?: {
    readonly columns: number;
    readonly rows: number;
    readonly crop?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  };
}

export interface RenderedFrame {
  readonly bytes: Uint8Array;
  readonly mediaType: RenderOptions['mediaType'];
}

/** Pixel work: what takes longer than the way there away from the thread that answers. @throws ArchiveError `cannot-decode`, `limit-exceeded`, `busy`, `not-acceptable` */
export interface Pixels extends AsyncDisposable {
  decode(frame: EncodedFrame): Promise<DecodedFrame>;
  /**
   * Decodes a frame and, unless it is to be native, compresses it without loss; `not-acceptable` where the coding cannot hold such
   * pixels. Few at a time, and it waits while the port is busy: whole instances give way to images somebody looks at.
   */
  recode(frame: EncodedFrame, coding: 'native' | LosslessCoding): Promise<RecodedFrame>;
  render(frame: EncodedFrame, options: RenderOptions): Promise<RenderedFrame>;
}
