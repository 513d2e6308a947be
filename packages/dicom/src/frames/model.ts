/** A run of bytes in the stored object (for a deflated object: in its inflated derivative). */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Native pixel data: every frame has the same length in bits, one after the other. PS3.5 8.1.1. */
export interface NativeFrames {
  readonly kind: 'native';
  /** First byte of the value of Pixel Data. */
  readonly offset: number;
  /** Bytes of the value that are really there. */
  readonly length: number;
  readonly bitsPerFrame: number;
  readonly count: number;
}

/** Encapsulated pixel data: each frame is the concatenation of its fragments. PS3.5 A.4. */
export interface EncapsulatedFrames {
  readonly kind: 'encapsulated';
  readonly count: number;
  /** One entry a frame. */
  readonly frames: readonly (readonly ByteRange[])[];
}

/** An object without pixel data, or whose pixel data is empty. */
export interface NoFrames {
  readonly kind: 'none';
  readonly count: 0;
}

/** Where the frames of an object lie: kept at ingest, so that reading a frame is one ranged read. */
export type FrameTable = NativeFrames | EncapsulatedFrames | NoFrames;
