import type { ByteSource, ReceivedObject } from '@filmless/dicom';

export interface ReceptionLimits {
  /** An object up to this long stays in memory, while the budget has room. */
  readonly memoryInstanceBytes: number;
  /** Bytes of all objects in memory together. */
  readonly memoryBytes: number;
  /** Longest object taken. */
  readonly instanceBytes: number;
  /** Nothing is taken while the disk has less than this free. */
  readonly freeBytes: number;
  /** Hundredths of the disk that stay free of what is sent in bulk: they are kept for emergencies; none unless given. */
  readonly bulkFreePercent?: number;
  /** Free space is asked for again after so many bytes. */
  readonly freeCheckBytes: number;
  /** Bytes gathered for one write to a file. */
  readonly writeBatchBytes: number;
}

export interface ReceiveOptions {
  /** File meta information that stands before the bytes, made here; it is not hashed. */
  readonly before?: Uint8Array;
  /** Where the data set begins, told from the first bytes of the object (64 KiB, fewer where it ends before); without it, behind `before`. */
  readonly dataSetOffset?: (beginning: Uint8Array) => number;
  /** The same, where it shows for certain in what came first of the object: the beginning need not be gathered then. */
  readonly firstLook?: (first: Uint8Array) => number | undefined;
  readonly signal?: AbortSignal;
}

/** What was received, with its first bytes (16 KiB at most) from the data set on. */
export interface Received {
  readonly object: ReceivedObject;
  readonly head: Uint8Array;
}

/** Takes objects in: into memory while they are small, into synced files of a folder otherwise. */
export interface Reception {
  /**
   * On failure nothing is left.
   * A piece may change once the next is asked for: what is needed of it was copied.
   * @throws DiskError `full` (also: nearly full), `too-long`, `failed`; and what `pieces` throws
   */
  receive(pieces: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<Received>;
  /** Random access to what was received. @throws DiskError `failed` */
  open(object: ReceivedObject): Promise<ByteSource & AsyncDisposable>;
  /**
   * Gives memory back, or removes the file. Does not throw; each object once. After a `failure` somebody may still be reading:
   * its memory is then not used for another object.
   */
  release(object: ReceivedObject, after?: 'use' | 'failure'): Promise<void>;
  /** The same data set behind other file meta information; `object` stays as it is. @throws DiskError `full`, `failed` */
  rewrite(object: ReceivedObject, before: Uint8Array): Promise<Received>;
  /** False while the disk is nearly full, or away; for what is sent in bulk earlier than for an emergency. */
  hasRoom(urgency?: 'bulk' | 'emergency'): Promise<boolean>;
}
