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
  /** Whose frame it is, which presentation states refer to. */
  readonly sopInstanceUid?: string;
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

/** What frames can be coded in without losing anything; the last two wrap native ones. PS3.5 8.2, A.4. */
export type LosslessCoding =
  | 'rle'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'htj2k-rpcl'
  | 'deflated-frame'
  | 'encapsulated-native';

/** What frames can be coded in that makes them smaller than they are: a little is lost. */
export type LossyCoding = 'jpeg-baseline' | 'jpeg-extended' | 'jpeg-ls-near' | 'jpeg-2000-lossy' | 'htj2k-lossy';

export type TargetCoding = 'native' | LosslessCoding | LossyCoding;

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

export type PictureType = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/gif';

/** Lines of text burnt into a corner. PS3.18 8.3.5.1.1. */
export interface CornerText {
  readonly corner: 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';
  readonly lines: readonly string[];
}

/** Which colours a picture says it is in. PS3.18 8.3.5.1.5. */
export type ColourProfile = 'no' | 'yes' | 'srgb' | 'displayp3';

/** A presentation state, and where its longer values are read. PS3.3 A.33. */
export interface AppliedState {
  readonly header: DataSet;
  readonly bulk?: (uri: string) => Promise<Uint8Array>;
}

export interface RenderOptions {
  readonly mediaType: PictureType;
  /** 1 to 100; for lossy media types. PS3.18 8.3.5.1.2. */
  readonly quality?: number;
  /** Of the picture at most, where it is a JPEG: of less quality, then smaller, until it fits; `quality` is not used then. */
  readonly mostBytes?: number;
  readonly window?: { readonly center: number; readonly width: number; readonly shape: 'linear' | 'linear-exact' | 'sigmoid' };
  /** Fits within columns x rows, keeping the aspect ratio; crop is a part of the source in pixels. PS3.18 8.3.5.1.3. */
  readonly viewport?: {
    readonly columns: number;
    readonly rows: number;
    readonly crop?: {
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
      /** Shown mirrored: the width or height was given as a negative number. */
      readonly mirrored?: { readonly across: boolean; readonly down: boolean };
    };
  };
  readonly texts?: readonly CornerText[];
  readonly profile?: ColourProfile;
  /** Says how the image is shown, in place of the image. PS3.4 N.2. */
  readonly state?: AppliedState;
}

export interface RenderedFrame {
  readonly bytes: Uint8Array;
  readonly mediaType: PictureType;
}

/** A picture of an object that has no pixels: what it is, in words. */
export interface Placeholder {
  readonly mediaType: PictureType;
  readonly columns: number;
  readonly rows: number;
  readonly lines: readonly string[];
}

/** Pixel work: what takes longer than the way there away from the thread that answers. @throws ArchiveError `cannot-decode`, `limit-exceeded`, `busy`, `not-acceptable` */
export interface Pixels extends AsyncDisposable {
  decode(frame: EncodedFrame): Promise<DecodedFrame>;
  /**
   * Decodes a frame and, unless it is to be native, codes it; `not-acceptable` where the coding cannot hold such pixels. A whole
   * instance's: few at a time, and they wait while the port is busy, for they give way to images somebody looks at.
   */
  recode(frame: EncodedFrame, coding: TargetCoding, purpose?: 'frame' | 'instance'): Promise<RecodedFrame>;
  render(frame: EncodedFrame, options: RenderOptions): Promise<RenderedFrame>;
  /**
   * Frames one after the other as one moving GIF, made as small as must be unless a viewport is given.
   * @param delays milliseconds each is shown
   */
  animate(frames: readonly EncodedFrame[], delays: readonly number[], options: RenderOptions): Promise<RenderedFrame>;
  placeholder(of: Placeholder): Promise<RenderedFrame>;
}
