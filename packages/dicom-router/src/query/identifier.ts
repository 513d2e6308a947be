import { type DataSet, firstText, type MutableDataSet, TAG, type TagKey, texts } from '@filmless/dicom';
import { understood } from '../dimse/read-operation.ts';
import { RouterError } from '../errors.ts';
import type { AcceptedContext } from '../ul/association.ts';
import { type InformationModel, levelsAbove, type QueryLevel, UNIQUE_KEYS } from './information-model.ts';

/** What a peer asks for by C-FIND, C-MOVE or C-GET. PS3.4 C.4.1.1.3, C.4.2.1.4, C.4.3.1.3. */
export interface Identifier {
  readonly level: QueryLevel;
  /** Specific Character Set as the peer names it; empty is ASCII. */
  readonly characterSets: readonly string[];
  /** The keys, in Unicode: without level, character set and what is no attribute. */
  readonly keys: DataSet;
}

export interface IdentifierSource {
  readonly bytes: Uint8Array;
  readonly context: Pick<AcceptedContext, 'transferSyntax'>;
  /** Character set of the peer, whatever it names. */
  readonly charsetIn?: string;
}

/** No keys: they say how the rest is meant. */
const ABOUT_THE_REST: ReadonlySet<TagKey> = new Set([TAG.QueryRetrieveLevel, TAG.SpecificCharacterSet]);

/**
 * Reads an identifier and checks that it asks for a level of the model, with the unique keys of the levels above.
 * @throws RouterError `invalid-request`, in words for the peer: A900H
 */
export function parseIdentifier(source: IdentifierSource, model: InformationModel, relational: boolean): Identifier {
  const dataSet = understood(source.bytes, source.context, { named: 'the identifier', charsetIn: source.charsetIn });
  const level = parseLevel(firstText(dataSet, TAG.QueryRetrieveLevel)?.trim(), model);
  const keys: MutableDataSet = {};
  for (const [tag, attribute] of Object.entries(dataSet)) {
    if (!ABOUT_THE_REST.has(tag) && !tag.endsWith('0000')) {
      keys[tag] = attribute;
    }
  }
  if (!relational) {
    for (const above of levelsAbove(model, level)) {
      singleUniqueKey(keys, above);
    }
  }
  return { level, characterSets: characterSetsOf(dataSet, source.charsetIn), keys };
}

/** Names of character sets as data sets have them; others are code pages, which no answer may name. PS3.3 C.12.1.1.2. */
const DEFINED_TERM = /^(?:ISO_IR|ISO 2022 IR|GB)/;

/**
 * What answers are to be in: the terms that are named, where they stand, for an empty first one means ASCII, so that the others are code
 * extensions; else what is known of the peer. PS3.3 C.12.1.1.2.
 */
export function characterSetsOf(dataSet: DataSet, charsetIn: string | undefined): readonly string[] {
  const named = dataSet[TAG.SpecificCharacterSet]?.Value;
  if (named !== undefined) {
    return named.map((value) => (typeof value === 'string' ? value : ''));
  }
  return charsetIn !== undefined && DEFINED_TERM.test(charsetIn) ? [charsetIn] : [];
}

function parseLevel(text: string | undefined, model: InformationModel): QueryLevel {
  if (text === undefined) {
    throw new RouterError('invalid-request', 'Query/Retrieve Level (0008,0052) is missing');
  }
  const level = model.levels.find((known) => known === text);
  if (level === undefined) {
    throw new RouterError('invalid-request', `${model.name} has no Query/Retrieve Level ${JSON.stringify(text.slice(0, 16))}`);
  }
  return level;
}

/**
 * The value of a unique key that must have just one.
 * @throws RouterError `invalid-request` when it is missing, a list or a pattern
 */
export function singleUniqueKey(keys: DataSet, level: QueryLevel): string {
  const tag = UNIQUE_KEYS[level];
  const values = texts(keys, tag);
  const [value] = values;
  if (value === undefined || values.length > 1 || isPattern(level, value)) {
    const wrong = value === undefined ? 'is missing' : 'must be a single value';
    throw new RouterError('invalid-request', `${NAMES[level]} ${wrong}`);
  }
  return value;
}

/** The values of a unique key: one or several, no patterns. @throws RouterError `invalid-request` */
export function uniqueKeys(keys: DataSet, level: QueryLevel): readonly string[] {
  const values = [...new Set(texts(keys, UNIQUE_KEYS[level]))];
  if (values.length === 0) {
    throw new RouterError('invalid-request', `${NAMES[level]} is missing`);
  }
  if (values.some((value) => isPattern(level, value))) {
    throw new RouterError('invalid-request', `${NAMES[level]} holds what is no value`);
  }
  return values;
}

/** Unique keys take no wildcards. PS3.4 C.2.2.1.1. */
function isPattern(level: QueryLevel, value: string): boolean {
  return level === 'PATIENT' ? /[*?]/.test(value) : !/^[0-9.]+$/.test(value);
}

const NAMES: Readonly<Record<QueryLevel, string>> = {
  PATIENT: 'Patient ID (0010,0020)',
  STUDY: 'Study Instance UID (0020,000D)',
  SERIES: 'Series Instance UID (0020,000E)',
  IMAGE: 'SOP Instance UID (0008,0018)',
};
