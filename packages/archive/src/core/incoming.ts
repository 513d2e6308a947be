import type { ByteSource } from '@filmless/dicom';
import type { ReceivedFile } from './received-file.ts';

/** A file in the folder of received ones, that an earlier run did not finish with. */
export interface Leftover {
  readonly path: string;
  /** Set when the file was claimed: what may be in the object store under this key is not acknowledged yet. */
  readonly objectKey: string | undefined;
}

/** The folder of received files, on the disk of the object folder where there is one. */
export interface Incoming {
  readonly dir: string;
  /**
   * Writes a body to a synced file and hashes its data set. @throws ArchiveError `limit-exceeded`, `store-full`, `store-away`
   */
  receive(body: ReadableStream<Uint8Array>, maxBytes: number, signal?: AbortSignal): Promise<ReceivedFile>;
  open(path: string): Promise<ByteSource & AsyncDisposable>;
  /** Renames the file so that its name says under which key it goes into the store; gives its new path. */
  claim(path: string, objectKey: string): Promise<string>;
  /** Removes a file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
  leftovers(): Promise<readonly Leftover[]>;
}
