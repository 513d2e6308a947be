import type { ByteRange, ReceivedContent } from '@filmless/dicom';
import type { PlannedWrite } from '@filmless/disk';
import type { Envelope } from './envelope.ts';
import type { PieceStore } from './uploads/upload-records.ts';

/** An instance on its way into the store: the bytes as sent, and what is known of it beside them. */
export interface NewObject {
  readonly content: ReceivedContent;
  /** `size` says how many bytes the content has. */
  readonly envelope: Envelope;
}

/** An instance found in the store, for `recover` and `rebuild`. */
export type FoundObject =
  | { readonly objectKey: string; readonly envelope: Envelope }
  /** `empty`: made ahead, never written. `torn`: never finished, so never acknowledged. `unknown`: written by a later version, or damaged. */
  | { readonly objectKey: string; readonly broken: 'empty' | 'torn' | 'unknown'; readonly reason: string };

/** What is made of an object and kept beside it: it can be made again. */
export type DerivedKind = 'inflated' | 'progressive';

/** Several processes may keep objects in the same store, each in runs of its own. */
export interface StoreRuns {
  /** Where this process keeps its objects now. */
  readonly current: string;
  /** Names another, in which nothing is kept yet. */
  next(): string;
  /** Keeps objects there from now on, and leaves the run before to whoever clears it away. */
  goOnIn(run: string): void;
  /** The run of an object. */
  of(objectKey: string): string;
}

/** Objects that lie one behind the other in one larger one. */
export interface JoinedObjects {
  /** Whether the second lies right behind the first. */
  follows(objectKey: string, next: string): boolean;
  /** Streams all from the first to the last, each following the one before, by one request. @throws ArchiveError `not-found` */
  read(first: string, last: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** The runs of processes that are at work. */
export type LivingRuns = () => Promise<ReadonlySet<string>>;

/**
 * Where objects lie: a folder or a bucket. The store makes the keys (`<run>/<part>/<random>.dcm`, or `<pack key>@<offset>` for a
 * member of a pack); a key is opaque to everybody else. What a key names is the object as sent, never the footer behind it.
 *
 * @throws ArchiveError `store-full`, `store-away` from every method
 */
export interface ObjectStore extends AsyncDisposable {
  /**
   * Keeps an instance and gives its key once it is durable (file and folder synced, or acknowledged by the server). Calls that
   * wait together may share a sync or a pack. When it fails nothing is left that `recover` would not remove. The content must
   * not change until it resolves; it stays the caller's.
   */
  put(object: NewObject): Promise<string>;
  /**
   * Keeps an instance under a key that is durable already, and leaves its bytes to be written by `commit`, which must have them synced
   * before anything refers to the key. Undefined where that cannot be done now: then `put`. What `commit` gives, or throws, comes back.
   */
  putWith?<T>(object: NewObject, commit: (objectKey: string, write: PlannedWrite) => Promise<T>): Promise<T> | undefined;
  /** The index, or the records, know the object now (or `delete` removed it): `recover` need not look at it. Cheap, not durable by itself. */
  settled(objectKey: string): void;
  /** Keeps a derivative of an object, its inflated form unless told, durable; replaces an earlier one. Gives the key to read it by. */
  putDerived(objectKey: string, bytes: Uint8Array, kind?: DerivedKind): Promise<string>;
  /** Removes a derivative alone; nothing happens when there is none. */
  deleteDerived(objectKey: string, kind: DerivedKind): Promise<void>;
  /** Key of the inflated form, or of another, whether or not it is there. */
  derivedKey(objectKey: string, kind?: DerivedKind): string;
  /**
   * Streams an object, or a range of it; an end beyond the object's is cut. `size` is that of the object, where it is known: then
   * nothing is looked up. @throws ArchiveError `not-found`
   */
  read(key: string, range?: ByteRange, signal?: AbortSignal, size?: number): Promise<ReadableStream<Uint8Array>>;
  /** A range in memory, shorter where the object ends; `size` as for `read`. @throws ArchiveError `not-found` */
  readBytes(key: string, range: ByteRange, signal?: AbortSignal, size?: number): Promise<Uint8Array>;
  /** Bytes of the object as sent, or of the derivative; `undefined` when there is none. */
  size(key: string): Promise<number | undefined>;
  /** @throws ArchiveError `not-found`, `store-away` for an envelope that is damaged or of a later version */
  envelope(objectKey: string): Promise<Envelope>;
  /** Removes an object with its derivatives; nothing happens when there is none. */
  delete(objectKey: string): Promise<void>;
  /** Every instance there is, in no order: for `rebuild`. No file that was made ahead. */
  objects(): AsyncIterable<FoundObject>;
  /**
   * Instances of earlier runs that may not have come to their commit: for `recover`, which settles or deletes each. Not of those that
   * `living` names, asked for once it is known what there is.
   */
  unsettled(living?: LivingRuns): AsyncIterable<FoundObject>;
  /** Undefined for a store that has each object for itself. */
  readonly joined?: JoinedObjects;
  /** Undefined for a store that one process has to itself. */
  readonly runs?: StoreRuns;
  /** Beside the objects, where several processes share the store: pieces of what is not whole yet. */
  readonly pieces?: PieceStore;
  /** What keeps the store from working, in words that anybody may read: no path, no name; `undefined` when nothing does. */
  problem(): Promise<string | undefined>;
}
