import type { PlannedWrite } from './planned-write.ts';

/** A file being written. Every call may throw the system's error (`code`: ENOSPC, EIO, …). */
export interface NewFile {
  /** Writes all pieces behind what was written before. */
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** Its bytes survive a power cut once this resolves; its name does when its folder was synced. */
  sync(): Promise<void>;
  /** Once what is under way is done; a second time nothing happens. */
  close(): Promise<void>;
}

/** A file that is there before what goes into it. Its bytes are written by whoever is given the plan, in any thread. */
export interface FileAhead {
  /** What is to be in it; the file must stay open until it is written. */
  plan(pieces: readonly Uint8Array[]): PlannedWrite;
  /** A second time nothing happens. */
  close(): Promise<void>;
}

/** A file being read. */
export interface OpenFile {
  readonly size: number;
  /** Fills `into` from `offset` on, as far as the file goes; gives the bytes read. */
  read(into: Uint8Array, offset: number): Promise<number>;
  /** Once what is under way is done; a second time nothing happens. */
  close(): Promise<void>;
}

/**
 * The file system as Filmless uses it for what must not be lost: each method is one step that can fail, be slow, find the disk
 * full, or be forgotten by a power cut. The product runs on `NODE_DISK`; tests run it on a disk with faults.
 */
export interface Disk {
  /** A file that must not exist yet. */
  create(path: string): Promise<NewFile>;
  /** Likewise, empty until another thread writes it. */
  createAhead(path: string): Promise<FileAhead>;
  /** A file that exists, to write behind its end. */
  append(path: string): Promise<NewFile>;
  /** `size`: as far as it will be read, where that is known; otherwise the file's length is asked for. */
  open(path: string, size?: number): Promise<OpenFile>;
  /** Bytes of a file; undefined when there is none. */
  size(path: string): Promise<number | undefined>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens when there is none. */
  remove(path: string): Promise<void>;
  /** With those above it; nothing happens when it is there. Gives the topmost folder that was made. */
  makeFolder(path: string): Promise<string | undefined>;
  /** Names in a folder; none when there is no folder. */
  list(path: string): Promise<readonly { readonly name: string; readonly kind: 'file' | 'folder' | 'other' }[]>;
  /** The names in a folder survive a power cut once this resolves. */
  syncFolder(path: string): Promise<void>;
  /** Bytes that may still be written in a folder. Throws where nothing may: it is away, or cannot be written to. */
  freeBytes(path: string): Promise<number>;
  /** Bytes that may be written in a folder when nothing else is there; without it no part of them can be kept for anybody. */
  sizeBytes?(path: string): Promise<number>;
}
