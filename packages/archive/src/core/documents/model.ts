/** What a document or picture is added to. */
export type DocumentTarget =
  | { readonly kind: 'study'; readonly studyInstanceUid: string }
  | { readonly kind: 'order'; readonly accessionNumber: string };

/** A document or picture as it comes. */
export interface NewDocument {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes of the body. */
  readonly length: number;
  readonly title: string;
  /** `YYYY-MM-DD`: the day it is of. */
  readonly date?: string | undefined;
  /** Who adds it, as people know her. */
  readonly by: string;
}

/** `photo`: of the patient, by a camera. `capture`: a picture of a screen or a page. */
export type DocumentKind = 'pdf' | 'photo' | 'capture';

/** A picture as numbers. */
export interface PlainPicture {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  /** Samples of eight bits, interleaved. */
  readonly bytes: Uint8Array;
}

/** What is done to pictures away from the thread that answers. @throws ArchiveError `cannot-decode`, `limit-exceeded` */
export interface Pictures {
  /** The pixels of a PNG or JPEG image, upright. Transparent ones lie on white. */
  decode(file: Uint8Array): Promise<PlainPicture>;
  /**
   * The same JPEG image, baseline and upright, without another loss: its coefficients are turned, not its pixels. Undefined where that
   * cannot be, as when its edge is no whole block.
   */
  upright(jpeg: Uint8Array): Promise<Uint8Array | undefined>;
}
