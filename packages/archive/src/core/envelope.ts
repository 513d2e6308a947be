import type { Source } from '@filmless/access';
import { ArchiveError } from './errors.ts';
import type { ObjectIds } from './object-key.ts';

/**
 * What is known of an object beside its bytes, kept next to it as JSON: with all envelopes and objects, and the records, the
 * index can be made again. The form is a promise to later versions (`docs/storage-layout.md`).
 */
export interface Envelope extends ObjectIds {
  readonly format: 1;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Of the data set's bytes, in hexadecimal. */
  readonly sha256: string;
  readonly size: number;
  readonly dataSetOffset: number;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly source: Source;
}

export function writeEnvelope(envelope: Envelope): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(envelope, null, 1)}\n`);
}

const TEXTS = [
  'studyInstanceUid',
  'seriesInstanceUid',
  'sopInstanceUid',
  'sopClassUid',
  'transferSyntaxUid',
  'sha256',
  'receivedAt',
];
const NUMBERS = ['size', 'dataSetOffset'];

/** @throws ArchiveError `store-away` for an envelope that was damaged or written by a later version */
export function parseEnvelope(bytes: Uint8Array, key: string): Envelope {
  const damaged = (why: string) => new ArchiveError('store-away', `envelope ${key} cannot be used: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw damaged('not JSON');
  }
  const fields = new Map(Object.entries(value ?? {}));
  if (fields.get('format') !== 1) {
    throw damaged(`format ${String(fields.get('format'))}, this version knows 1`);
  }
  const source = new Map(Object.entries(fields.get('source') ?? {}));
  const whole =
    TEXTS.every((name) => typeof fields.get(name) === 'string') &&
    NUMBERS.every((name) => typeof fields.get(name) === 'number') &&
    typeof source.get('facility') === 'string' &&
    typeof source.get('address') === 'string';
  if (!whole) {
    throw damaged('fields are missing');
  }
  return value as Envelope;
}
