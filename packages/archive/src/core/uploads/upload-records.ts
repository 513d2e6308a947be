import type { UploadOutcome, UploadRecord } from './upload-files.ts';

/** An upload as all processes see it. */
export interface KeptUpload {
  readonly record: UploadRecord;
  /** Bytes that are safe. */
  readonly offset: number;
}

/** A piece of an upload in the object store. */
export interface UploadPiece {
  readonly offset: number;
  readonly length: number;
  readonly key: string;
}

export interface UploadBounds {
  readonly uploads: number;
  readonly uploadsOfOne: number;
  readonly uploadBytes: number;
}

/** Uploads as rows, where several processes take them in. Times are milliseconds since 1970. Each call is one durable step. */
export interface UploadRecords {
  /** Notes a new one unless there are too many; gives the one that is there, `undefined` for too many. */
  begin(record: UploadRecord, bounds: UploadBounds): Promise<KeptUpload | undefined>;
  find(id: string): Promise<KeptUpload | undefined>;
  /** `writer` adds to it from now on, and nobody else. */
  take(id: string, writer: string, touchedAt: number): Promise<KeptUpload | undefined>;
  /** Notes a piece that is durable; false when somebody else adds by now, or it is not where the upload stands. */
  add(id: string, writer: string, piece: UploadPiece, touchedAt: number): Promise<boolean>;
  pieces(id: string): Promise<readonly UploadPiece[]>;
  /** Nobody adds to it any more. */
  finish(id: string, outcome: UploadOutcome, touchedAt: number): Promise<void>;
  /** It begins anew, without its pieces. */
  restart(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Those without a byte since `open`, and those whose outcome is older than `done`. */
  expired(open: number, done: number, limit: number): Promise<readonly string[]>;
}

/** Where pieces lie until the upload is whole: a part of the object store that nothing else looks at. */
export interface PieceStore {
  /** Durable once it resolves. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  read(key: string): Promise<ReadableStream<Uint8Array>>;
  remove(key: string): Promise<void>;
  /** Keys that begin so. */
  list(prefix: string): AsyncIterable<string>;
}
