import { createHash } from 'node:crypto';

export interface ObjectIds {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

/** The names of one kept instance in the object store. */
export interface ObjectKeys {
  /** The Part 10 file as sent. */
  readonly object: string;
  readonly envelope: string;
  /** The inflated derivative of a deflated object. */
  readonly inflated: string;
}

const OBJECT = '.dcm';
export const ENVELOPE = '.json';
const INFLATED = '.inflated';

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/**
 * Names made from hashes, never from UIDs, which a sender chose: `3f/<series>/<instance>.<nonce>`. The instances of a series lie
 * together. The nonce makes each attempt to store its own object, so that nothing overwrites what is kept.
 */
export function newObjectKeys(ids: ObjectIds, nonce: string): ObjectKeys {
  const series = hash(`${ids.studyInstanceUid}\n${ids.seriesInstanceUid}`);
  return keysOf(`${series.slice(0, 2)}/${series}/${hash(ids.sopInstanceUid)}.${nonce}${OBJECT}`);
}

/** The names that go with an object's. */
export function keysOf(object: string): ObjectKeys {
  const base = object.endsWith(OBJECT) ? object.slice(0, -OBJECT.length) : object;
  return { object, envelope: base + ENVELOPE, inflated: base + INFLATED };
}

/** The object of an envelope. */
export function objectOfEnvelope(envelope: string): string {
  return envelope.slice(0, -ENVELOPE.length) + OBJECT;
}
