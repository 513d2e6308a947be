import { deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import type { DataSet, FrameTable } from '@filmless/dicom';
import type { Sender } from '../core/index-port.ts';
import type { BulkValue } from '../core/model.ts';
import { HEADER_DICTIONARY } from './header-dictionary.ts';

/** Where the values of an instance lie. */
export interface Layout {
  readonly bulk: readonly BulkValue[];
  readonly frames: FrameTable;
}

/**
 * Headers of a series say nearly the same: the fastest level already makes a quarter of them. NOTE: memory for the text is asked for
 * anew each time, 256 KiB with the usual window, and the garbage collector goes through the whole heap for it once in a hundred headers.
 */
const SHORT = { level: 1, windowBits: 13, memLevel: 5, chunkSize: 2048, dictionary: HEADER_DICTIONARY } as const;
const LONG = { level: 1 } as const;
const SHORT_LENGTH = 8192;
/** A text this short gains less than a deflated stream costs to set up. */
const PLAIN_LENGTH = 512;
/** Stands before a text that is kept as it is: no deflated stream begins so, block type 3 is reserved. RFC 1951 3.2.3. */
const PLAIN = 0x06;
/** The same before one that was deflated with the dictionary. */
const WITH_DICTIONARY = 0x07;
/** Node gives out up to half of `Buffer.poolSize` of memory that others share. */
const INFLATED_CHUNK = Buffer.poolSize * 0.75;
/** What the archive deflated itself; a larger one was damaged on disk. */
const MAX_INFLATED_BYTES = 1024 ** 3;

/** The JSON of a header or a layout as it is kept. */
export function packText(text: string): Uint8Array {
  if (text.length <= PLAIN_LENGTH) {
    return Buffer.concat([Buffer.of(PLAIN), Buffer.from(text)]);
  }
  return text.length <= SHORT_LENGTH
    ? Buffer.concat([Buffer.of(WITH_DICTIONARY), deflateRawSync(text, SHORT)])
    : deflateRawSync(text, LONG);
}

export function layoutText(layout: Layout): string {
  return JSON.stringify(layout);
}

export function headerText(header: DataSet): string {
  return JSON.stringify(header);
}

/** A value with the length of its text: in memory it takes a few times that. */
export interface Unpacked<T> {
  readonly value: T;
  readonly bytes: number;
}

function unpacked(packed: Uint8Array): Unpacked<string> {
  const behind = Buffer.from(packed.buffer, packed.byteOffset + 1, Math.max(0, packed.byteLength - 1));
  switch (packed[0]) {
    case PLAIN:
      return { value: behind.toString(), bytes: behind.byteLength };
    case WITH_DICTIONARY:
      return inflated(behind, { dictionary: HEADER_DICTIONARY });
    default:
      return inflated(packed, {});
  }
}

/**
 * NOTE: its memory is its own, and given back at once: metadata of a hundred instances would otherwise leave some megabytes for
 * the garbage collector, which comes when 64 of them have gathered.
 */
function inflated(deflated: Uint8Array, options: ZlibOptions): Unpacked<string> {
  const bytes = inflateRawSync(deflated, { ...options, maxOutputLength: MAX_INFLATED_BYTES, chunkSize: INFLATED_CHUNK });
  const unpacked = { value: bytes.toString(), bytes: bytes.byteLength };
  if (bytes.buffer.byteLength !== Buffer.poolSize) {
    bytes.buffer.transfer(0);
  }
  return unpacked;
}

function unpackJson(packed: Uint8Array): Unpacked<unknown> {
  const { value, bytes } = unpacked(packed);
  return { value: JSON.parse(value), bytes };
}

/** The JSON of a header as it was given. */
export function unpackText(packed: Uint8Array): string {
  return unpacked(packed).value;
}

export function unpackHeader(packed: Uint8Array): Unpacked<DataSet> {
  return unpackJson(packed) as Unpacked<DataSet>;
}

export function unpackLayout(packed: Uint8Array): Unpacked<Layout> {
  return unpackJson(packed) as Unpacked<Layout>;
}

/** Attributes kept as text beside a row. */
export function parseAttributes(text: string): DataSet {
  return JSON.parse(text) as DataSet;
}

/** What `addArgs` wrote. */
export function parseSender(text: string | null): Sender | null {
  return text === null ? null : (JSON.parse(text) as Sender);
}
