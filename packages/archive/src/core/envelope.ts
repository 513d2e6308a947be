import type { Source } from '@filmless/access';
import { ArchiveError } from './errors.ts';

export interface ObjectIds {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
}

/**
 * What is known of an object beside its bytes, kept in the footer behind them: with all objects and the records the index can
 * be made again. The form is a promise to later versions (`docs/storage-layout.md`).
 */
export interface Envelope extends ObjectIds {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Of the data set's bytes, in hexadecimal. */
  readonly sha256: string;
  /** Bytes of the object as sent: where they end in its file, counted from where they begin. */
  readonly size: number;
  readonly dataSetOffset: number;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly source: Source;
}

/** The version of the footer's form; 1 was a file of its own beside the object. */
export const ENVELOPE_FORMAT = 2;

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

/** One member of a footer, read from JSON. @throws ArchiveError `store-away` for one that was damaged or written by a later version */
export function parseEnvelope(value: unknown): Envelope {
  const fields = new Map(Object.entries(value ?? {}));
  const source = new Map(Object.entries(fields.get('source') ?? {}));
  const whole =
    TEXTS.every((name) => typeof fields.get(name) === 'string') &&
    NUMBERS.every((name) => Number.isSafeInteger(fields.get(name))) &&
    typeof source.get('facility') === 'string' &&
    typeof source.get('address') === 'string';
  if (!whole) {
    throw new ArchiveError('store-away', 'the envelope cannot be used: fields are missing');
  }
  return value as Envelope;
}
