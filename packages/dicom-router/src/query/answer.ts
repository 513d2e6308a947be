import {
  type Attribute,
  CHARSET_VRS,
  type DataSet,
  DicomError,
  isPersonName,
  itemsOf,
  type JsonValue,
  type MutableDataSet,
  TAG,
  type TagKey,
  withoutAccents,
} from '@filmless/dicom';
import { encodeOperation } from '../dimse/data-set.ts';
import type { AcceptedContext } from '../ul/association.ts';
import type { Identifier } from './identifier.ts';

export interface AnswerOptions {
  /** What the peer can retrieve from: our own title. */
  readonly aeTitle: string;
  /** Texts in plain letters, for a console that shows no others. */
  readonly asciiNames: boolean;
}

/**
 * The identifier of a C-FIND response: what was asked for, as far as the archive has it, and where it can be had. Its character set is
 * the asker's. PS3.4 C.4.1.1.3.2.
 */
export function answerDataSet(
  result: DataSet,
  { level, characterSets, keys }: Identifier,
  wanted: readonly TagKey[],
  { aeTitle, asciiNames }: AnswerOptions,
): DataSet {
  const answer: MutableDataSet = {};
  for (const tag of wanted) {
    const asked = keys[tag];
    const found = result[tag] ?? { vr: asked?.vr ?? 'UN' };
    answer[tag] = found.vr === 'SQ' && asked !== undefined ? sequenceAsAsked(found, asked) : found;
  }
  answer[TAG.QueryRetrieveLevel] = { vr: 'CS', Value: [level] };
  answer[TAG.RetrieveAETitle] = { vr: 'AE', Value: [aeTitle] };
  answer[TAG.InstanceAvailability] = result[TAG.InstanceAvailability] ?? { vr: 'CS', Value: ['ONLINE'] };
  if (asciiNames) {
    return inPlainLetters(answer);
  }
  if (characterSets.length > 0) {
    answer[TAG.SpecificCharacterSet] = { vr: 'CS', Value: characterSets };
  }
  return answer;
}

/** Items carry what the item of the key names; all they have where that names nothing. PS3.4 C.2.2.2.6. */
function sequenceAsAsked(found: Attribute, asked: Attribute): Attribute {
  const [keys] = itemsOf(asked);
  if (keys === undefined || Object.keys(keys).length === 0) {
    return found;
  }
  const items = itemsOf(found).map((item) =>
    Object.fromEntries(
      Object.entries(keys).map(([tag, key]) => {
        const value = item[tag] ?? { vr: key.vr };
        return [tag, value.vr === 'SQ' ? sequenceAsAsked(value, key) : value];
      }),
    ),
  );
  return { vr: 'SQ', ...(items.length === 0 ? {} : { Value: items }) };
}

/** A data set with its texts in plain letters, and so without a character set. */
export function inPlainLetters(dataSet: DataSet): DataSet {
  return Object.fromEntries(
    Object.entries(dataSet)
      .filter(([tag]) => tag !== TAG.SpecificCharacterSet)
      .map(([tag, attribute]) => [tag, plain(attribute)]),
  );
}

function plain(attribute: Attribute): Attribute {
  const { vr, Value } = attribute;
  if (Value === undefined) {
    return attribute;
  }
  if (vr === 'SQ') {
    return { vr, Value: itemsOf(attribute).map(inPlainLetters) };
  }
  return CHARSET_VRS.has(vr) ? { vr, Value: Value.map(plainValue) } : attribute;
}

/** Of a name the first group that is there: the others are the same name in scripts that such a console lacks. */
function plainValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return withoutAccents(value);
  }
  if (value === null || !isPersonName(value)) {
    return value;
  }
  const name = value.Alphabetic ?? value.Phonetic ?? value.Ideographic ?? '';
  return { Alphabetic: withoutAccents(name) };
}

/**
 * A response's identifier as bytes. Text that the asker's character set cannot hold makes it UTF-8, which it then says. A value that
 * cannot be written at all, which only a broken object has, is left empty: it must not take the other answers with it.
 */
export function encodeAnswer(answer: DataSet, context: Pick<AcceptedContext, 'transferSyntax'>): Uint8Array {
  try {
    return encodeOperation(answer, context);
  } catch (error) {
    if (!(error instanceof DicomError)) {
      throw error;
    }
    return encodeOperation(
      Object.fromEntries(Object.entries(answer).map(([tag, attribute]) => [tag, writable(tag, attribute, context)])),
      context,
    );
  }
}

function writable(tag: TagKey, attribute: Attribute, context: Pick<AcceptedContext, 'transferSyntax'>): Attribute {
  try {
    encodeOperation({ [tag]: attribute }, context);
    return attribute;
  } catch (error) {
    if (error instanceof DicomError) {
      return { vr: attribute.vr };
    }
    throw error;
  }
}
