/** Where the bytes of a received object are: small ones in memory, which another gets once it is let go; others in a file that is synced. */
export type ReceivedContent = { readonly pieces: readonly Uint8Array[] } | { readonly path: string };

/** A Part 10 object that was received whole. Whoever takes it over lets it go (`Reception.release`), whatever becomes of it. */
export interface ReceivedObject {
  readonly content: ReceivedContent;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where the data set begins, after the file meta information. */
  readonly dataSetOffset: number;
  /** SHA-256 of the data set's bytes (from `dataSetOffset` to the end), in hexadecimal. */
  readonly sha256: string;
}
