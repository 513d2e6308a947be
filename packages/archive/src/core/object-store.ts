import type { ByteRange } from '@filmless/dicom';

/** What goes into the store under one key. */
export type NewObject =
  /** A synced file of `size` bytes. The store may link to it or copy it: it must not be changed after, but may be removed. */
  { readonly key: string; readonly file: string; readonly size: number } | { readonly key: string; readonly bytes: Uint8Array };

/**
 * Where objects lie: a folder or a bucket. Keys are made by `object-key.ts` (lower-case hexadecimal, `/`, `.`), never from
 * names a sender chose.
 *
 * @throws ArchiveError `store-full`, `store-away` from every method
 */
export interface ObjectStore extends AsyncDisposable {
  /**
   * Keeps objects that belong together. On disk (file and folder synced, or acknowledged by the server) when it resolves; an
   * object is there whole or not at all. When it fails, none is left that the caller could not `delete`.
   */
  put(objects: readonly NewObject[]): Promise<void>;
  /** Streams an object, or a range of it; an end beyond the object's is cut. @throws ArchiveError `not-found` */
  read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** A range in memory, shorter where the object ends. @throws ArchiveError `not-found` */
  readBytes(key: string, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array>;
  /** Bytes of the object, `undefined` when there is none. */
  size(key: string): Promise<number | undefined>;
  /** Removes an object; nothing happens when there is none. */
  delete(key: string): Promise<void>;
  /** All keys that end so, in no order. */
  list(suffix: string): AsyncIterable<string>;
  /** What keeps the store from working, in words that anybody may read: no path, no name; `undefined` when nothing does. */
  problem(): Promise<string | undefined>;
}
