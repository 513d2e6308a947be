import { DicomError } from '../errors.ts';
import { withoutTrailingPadding } from '../text/padding.ts';
import { isVr, LONG_VRS } from '../vr.ts';
import { DICM, type FileMeta, type FoundFileMeta, META_FIELDS, PREAMBLE_BYTES } from './file-meta.ts';
import { guessTransferSyntax } from './guess.ts';

const GROUP_LENGTH = 0x0000;
const TRANSFER_SYNTAX = 0x0010;

/**
 * Reads the file meta information at the start of `bytes`, the first part of a file or all of it. Taken too: no preamble, no
 * group length, no transfer syntax (guessed), no file meta at all (syntax guessed), meta in implicit VR. PS3.10 7.1.
 * @throws DicomError `not-dicom`; `truncated` when the meta goes on behind `bytes`; `invalid-meta`
 */
export function readFileMeta(bytes: Uint8Array): FoundFileMeta {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = metaStart(view);
  if (start === undefined) {
    return withoutMeta(bytes, view);
  }
  const { values, end } = walk(bytes, view, start);
  const warnings: string[] = [];
  if (start !== PREAMBLE_BYTES + 4) {
    warnings.push('no preamble');
  }
  if (!values.has(GROUP_LENGTH)) {
    warnings.push('no group length in the file meta information');
  }
  const meta: { -readonly [K in keyof FileMeta]?: string } = {};
  for (const { element, name } of META_FIELDS) {
    const value = values.get(element);
    if (value !== undefined && value !== '') {
      meta[name] = value;
    }
  }
  if (meta.transferSyntaxUid !== undefined) {
    return { meta: { ...meta, transferSyntaxUid: meta.transferSyntaxUid }, dataSetOffset: end, warnings };
  }
  const transferSyntaxUid = guessTransferSyntax(bytes, end);
  if (transferSyntaxUid === undefined) {
    throw new DicomError('invalid-meta', 'Transfer Syntax UID (0002,0010) is missing and the data set does not show which it is');
  }
  warnings.push('no Transfer Syntax UID (0002,0010): guessed from the data set');
  return { meta: { ...meta, transferSyntaxUid }, dataSetOffset: end, warnings };
}

/** What comes behind file meta information that is looked at to see that it is over: the header of an element. */
const NEXT_BYTES = 12;

/**
 * Where the data set begins, told from few bytes: what `readFileMeta` finds in these and in any that begin with them. Undefined where they
 * do not show it for certain.
 */
export function fileMetaLength(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!hasDicm(view, PREAMBLE_BYTES) || !isGroup2(view, PREAMBLE_BYTES + 4)) {
    return undefined;
  }
  try {
    const { values, end } = walk(bytes, view, PREAMBLE_BYTES + 4);
    return (values.get(TRANSFER_SYNTAX) ?? '') !== '' && end + NEXT_BYTES <= bytes.byteLength ? end : undefined;
  } catch (error) {
    if (error instanceof DicomError) {
      return undefined;
    }
    throw error;
  }
}

/** Offset of the first element of group 0002. `DICM` alone says nothing: it may stand there as data of a file without preamble. */
function metaStart(view: DataView): number | undefined {
  if (hasDicm(view, PREAMBLE_BYTES) && isGroup2(view, PREAMBLE_BYTES + 4)) {
    return PREAMBLE_BYTES + 4;
  }
  if (hasDicm(view, 0) && isGroup2(view, 4)) {
    return 4;
  }
  return isGroup2(view, 0) ? 0 : undefined;
}

function withoutMeta(bytes: Uint8Array, view: DataView): FoundFileMeta {
  for (const dataSetOffset of hasDicm(view, PREAMBLE_BYTES) ? [0, PREAMBLE_BYTES + 4] : [0]) {
    const transferSyntaxUid = guessTransferSyntax(bytes, dataSetOffset);
    if (transferSyntaxUid !== undefined) {
      return {
        meta: { transferSyntaxUid },
        dataSetOffset,
        warnings: ['no file meta information: transfer syntax guessed from the data set'],
      };
    }
  }
  throw new DicomError('not-dicom', 'not a DICOM file: neither file meta information nor a data set at its beginning');
}

function hasDicm(view: DataView, offset: number): boolean {
  return view.byteLength >= offset + 4 && view.getUint32(offset) === DICM;
}

function isGroup2(view: DataView, offset: number): boolean {
  return view.byteLength >= offset + 8 && view.getUint16(offset, true) === 0x0002;
}

/** Walks group 0002 by its own lengths: the group length is missing or wrong in too many files. */
function walk(bytes: Uint8Array, view: DataView, start: number): { values: ReadonlyMap<number, string>; end: number } {
  const values = new Map<number, string>();
  let offset = start;
  const implicit = !isVr(vrAt(bytes, start));
  while (view.byteLength >= offset + 8 && view.getUint16(offset, true) === 0x0002) {
    const element = view.getUint16(offset + 2, true);
    const vr = implicit ? '' : vrAt(bytes, offset);
    if (!implicit && !isVr(vr)) {
      break;
    }
    const long = isVr(vr) && LONG_VRS.has(vr);
    const value = offset + (long ? 12 : 8);
    if (value > view.byteLength) {
      break;
    }
    const length = implicit || long ? view.getUint32(value - 4, true) : view.getUint16(offset + 6, true);
    if (length === 0xffffffff) {
      throw new DicomError('invalid-meta', `(0002,${hex(element)}) in the file meta information has no length`);
    }
    if (value + length > view.byteLength) {
      throw new DicomError('truncated', `(0002,${hex(element)}) goes on behind the first ${view.byteLength} bytes`);
    }
    values.set(element, text(bytes.subarray(value, value + Math.min(length, 256))));
    offset = value + length;
  }
  if (view.byteLength < offset + 8 && view.byteLength > offset) {
    throw new DicomError(
      'truncated',
      `the file meta information or the data set behind it ends within an element, at byte ${offset}`,
    );
  }
  return { values, end: offset };
}

function vrAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(bytes[offset + 4] ?? 0, bytes[offset + 5] ?? 0);
}

function text(bytes: Uint8Array): string {
  return withoutTrailingPadding(Reflect.apply(String.fromCharCode, undefined, bytes)).trimStart();
}

function hex(element: number): string {
  return element.toString(16).padStart(4, '0').toUpperCase();
}
