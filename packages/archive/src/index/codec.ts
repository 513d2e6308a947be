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

function unpackJson(bytes: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES }).toString('utf8'));
}

export function parseHeader(bytes: Uint8Array): DataSet {
  return unpackJson(bytes) as DataSet;
}

export function parseLayout(bytes: Uint8Array): Layout {
  return unpackJson(bytes) as Layout;
}

/** Attributes kept as text beside a row. */
export function parseAttributes(text: string): DataSet {
  return JSON.parse(text) as DataSet;
}
