import type { Source } from '@filmless/access';

/** What became of an upload that is whole. */
export interface UploadOutcome {
  readonly status: 'stored' | 'identical' | 'conflict' | 'refused';
  /** Of one that was refused. */
  readonly reason?: string;
  readonly message?: string;
  /** Where the instance is, of one that was not. */
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
}

/** What is known of an upload beside its bytes. */
export interface UploadRecord {
  /** 32 hexadecimal digits; the same for the same file of the same sender. */
  readonly id: string;
  /** Who began it: nobody else sees it. */
  readonly owner: string;
  readonly source: Source;
  readonly sopInstanceUid: string;
  /** Bytes of the whole Part 10 file. */
  readonly length: number;
  /** Of the whole file, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly touchedAt: number;
  /** The import by which it is stored. */
  readonly importId?: string | undefined;
  readonly outcome?: UploadOutcome;
}

/** Where uploads lie until they are whole. */
export interface UploadFiles {
  /** All there are, each with the bytes it has. @throws what the disk says */
  list(): Promise<readonly { readonly record: UploadRecord; readonly offset: number }[]>;
  /** Durable once it resolves. */
  write(record: UploadRecord): Promise<void>;
  /**
   * Adds bytes behind what there is, at `offset`. Resolves with the bytes there are then, all durable; also when `pieces` fails, which
   * `failure` tells.
   */
  append(
    id: string,
    offset: number,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly offset: number; readonly failure?: unknown }>;
  read(id: string): ReadableStream<Uint8Array>;
  /** Removes the bytes; the record stays. */
  removeBytes(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}
