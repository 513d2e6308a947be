import type { NewUpload, UploadView } from './upload-desk.ts';

/** Large instances that come in pieces; the same over one process and over several. */
export interface Uploads {
  /**
   * Begins an upload, or goes on with the one that was begun of the same file.
   * @throws ArchiveError `limit-exceeded` for a file that is too long, `busy` when there are too many
   */
  begin(wanted: NewUpload): Promise<UploadView>;
  /** @throws ArchiveError `not-found` */
  find(id: string, owner: string): Promise<UploadView>;
  /**
   * Adds bytes at `offset`, which must be where it stands; of what comes too much nothing is read. Whoever was adding before is cut off:
   * a line that broke may not have told. Stores the instance once it is whole.
   * @throws ArchiveError `not-found`, `conflict` (the offset is another, or the bytes are not those announced), `store-full`
   */
  append(id: string, owner: string, offset: number, body: ReadableStream<Uint8Array>): Promise<UploadView>;
  /** @throws ArchiveError `not-found` */
  remove(id: string, owner: string): Promise<void>;
}
