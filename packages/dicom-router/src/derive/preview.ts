import {
  type Attribute,
  type DataSet,
  DicomError,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  firstNumber,
  itemsOf,
  type JsonValue,
  lookupTag,
  type PixelArea,
} from '@filmless/dicom';
import type { Deidentification, NamedProfile } from './deidentification.ts';
import { type DeriveOptions, wholeOf } from './derive.ts';
import { PieceReader } from './piece-reader.ts';
import { readHead } from './read-head.ts';

/** Attributes of an object that are shown; of more the first are. */
const MOST_SHOWN = 3_000;
/** Characters of a value that are shown. */
const MOST_VALUE = 200;

/** What becomes of one attribute. */
interface AttributeChange {
  /** Keywords from the top level on, items from 1: `RequestAttributesSequence[1].RequestedProcedureID`. */
  readonly path: string;
  /** `(gggg,eeee)`. */
  readonly tag: string;
  readonly change: 'removed' | 'emptied' | 'changed' | 'added' | 'kept';
  /** Null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** What a profile makes of an object. */
export interface CopyPreview {
  /** Why nothing goes out; undefined when it does. */
  readonly refused: string | undefined;
  readonly attributes: readonly AttributeChange[];
  /** There are more. */
  readonly more: boolean;
  /** What is blackened. */
  readonly areas: readonly PixelArea[];
  /** Of the picture; 0 where there is none. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * What a copy by a profile, which need not be kept, would differ in from the archived object.
 * @throws RouterError as `derive`
 */
export async function previewCopy(
  open: DeriveOptions['open'],
  deidentification: Deidentification,
  profile: NamedProfile,
): Promise<CopyPreview> {
  const { dataSet, transferSyntaxUid } = await headOf(open, deidentification);
  const common = { rows: firstNumber(dataSet, '00280010') ?? 0, columns: firstNumber(dataSet, '00280011') ?? 0 };
  try {
    const made = await deidentification.try(profile, dataSet, transferSyntaxUid);
    const changes = compare(dataSet, made.dataSet);
    const attributes = changes.slice(0, MOST_SHOWN);
    return { ...common, refused: undefined, attributes, more: changes.length > MOST_SHOWN, areas: made.areas };
  } catch (error) {
    if (error instanceof DicomError) {
      return { ...common, refused: error.message, attributes: [], more: false, areas: [] };
    }
    throw error;
  }
}

async function headOf(
  open: DeriveOptions['open'],
  deidentification: Deidentification,
  wanted?: string,
): Promise<{ readonly dataSet: DataSet; readonly transferSyntaxUid: string }> {
  const opened = await open(wanted);
  try {
    const syntax = findTransferSyntax(opened.transferSyntaxUid);
    if (syntax !== undefined && !syntax.deflated && syntax.littleEndian && !syntax.bigEndianPixels) {
      const head = await deidentification.held(() => readHead(new PieceReader(opened.bytes), syntax));
      return { dataSet: wholeOf(head), transferSyntaxUid: syntax.uid };
    }
  } finally {
    await opened.close();
  }
  return await headOf(open, deidentification, EXPLICIT_VR_LITTLE_ENDIAN);
}

interface Shown {
  readonly tag: string;
  readonly value: string;
}

function compare(before: DataSet, after: DataSet): readonly AttributeChange[] {
  const [was, is] = [flat(before), flat(after)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
  return paths.map((path) => {
    const [old, made] = [was.get(path), is.get(path)];
    return {
      path: path.replace(/[0-9A-F]{8}/g, nameOf),
      tag: tagText((made ?? old)?.tag ?? ''),
      change: changeOf(old, made),
      before: old === undefined ? null : old.value.slice(0, MOST_VALUE),
      after: made === undefined ? null : made.value.slice(0, MOST_VALUE),
    };
  });
}

function changeOf(before: Shown | undefined, after: Shown | undefined): AttributeChange['change'] {
  if (after === undefined) {
    return 'removed';
  }
  if (before === undefined) {
    return 'added';
  }
  return before.value === after.value ? 'kept' : after.value === '' ? 'emptied' : 'changed';
}

/** Every attribute that holds a value, by the tags that lead to it; sorted, they stand as in the object. */
function flat(dataSet: DataSet, above = '', found = new Map<string, Shown>()): Map<string, Shown> {
  for (const [tag, attribute] of Object.entries(dataSet)) {
    const items = attribute.vr === 'SQ' ? itemsOf(attribute) : [];
    for (const [index, item] of items.entries()) {
      flat(item, `${above}${tag}[${index + 1}].`, found);
    }
    if (items.length === 0) {
      found.set(`${above}${tag}`, { tag, value: valueText(attribute) });
    }
  }
  return found;
}

function valueText({ Value = [], InlineBinary, BulkDataURI }: Attribute): string {
  if (InlineBinary !== undefined) {
    // What differs must be seen to differ; bytes are nothing for the eye.
    return `base64 ${InlineBinary}`;
  }
  return BulkDataURI ?? Value.map(plainText).join('\\');
}

function plainText(value: JsonValue): string {
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).map(String).join('=');
  }
  return value === null ? '' : String(value);
}

function nameOf(tag: string): string {
  return lookupTag(tag)?.keyword || tagText(tag);
}

function tagText(tag: string): string {
  return `(${tag.slice(0, 4)},${tag.slice(4)})`;
}
