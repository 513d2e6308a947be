import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DataSet, FrameTable } from '@filmless/dicom';
import type { BulkValue } from '../core/model.ts';

/** Where the values of an instance lie. */
export interface Layout {
  readonly bulk: readonly BulkValue[];
  readonly frames: FrameTable;
}

/** Headers of a series say nearly the same: the fastest level already makes a quarter of them. */
const LEVEL = 1;
/** What the archive deflated itself; a larger one was damaged on disk. */
const MAX_INFLATED_BYTES = 1024 ** 3;

export function packJson(value: DataSet | Layout): Uint8Array {
  return deflateRawSync(JSON.stringify(value), { level: LEVEL });
}

/** A value with the length of its text: in memory it takes a few times that. */
export interface Unpacked<T> {
  readonly value: T;
  readonly bytes: number;
}

function unpackJson(packed: Uint8Array): Unpacked<unknown> {
  const text = inflateRawSync(packed, { maxOutputLength: MAX_INFLATED_BYTES });
  return { value: JSON.parse(text.toString('utf8')), bytes: text.byteLength };
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
