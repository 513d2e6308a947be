import { firstNumber, firstText, items, texts } from '../dataset/accessors.ts';
import { actualEncoding } from '../dataset/actual-encoding.ts';
import type { DataSet, TagKey } from '../dataset/model.ts';
import { readDataSet } from '../dataset/read.ts';
import { scanDataSet } from '../dataset/scan.ts';
import { DicomError } from '../errors.ts';
import { transferSyntax } from '../transfer-syntax.ts';
import { readFileMeta } from './read-file-meta.ts';

/** A file of a file-set, with the records it stands under. Records of several files are the same objects. */
export interface DirectoryFile {
  /** Referenced File ID: folders, then the file. PS3.10 8.5. */
  readonly path: readonly string[];
  readonly patient: DataSet;
  readonly study: DataSet;
  readonly series: DataSet;
  readonly record: DataSet;
}

/** What a DICOMDIR lists. PS3.3 F.3, PS3.10 8.6. */
export interface MediaDirectory {
  readonly files: readonly DirectoryFile[];
  /** What is wrong with it, in words; it was read all the same. */
  readonly warnings: readonly string[];
}

/** Media Storage Directory Storage. PS3.10 8.6. */
export const MEDIA_DIRECTORY: string = '1.2.840.10008.1.3.10';

const FIRST_RECORD: TagKey = '00041200';
const RECORDS: TagKey = '00041220';
const NEXT_RECORD: TagKey = '00041400';
const IN_USE: TagKey = '00041410';
const LOWER_RECORD: TagKey = '00041420';
const RECORD_TYPE: TagKey = '00041430';
const FILE_ID: TagKey = '00041500';
/** Headers of an item and of its first element, a short one: PS3.3 F.3.2.2 counts from the item. */
const BEFORE_FIRST_VALUE = 16;
/** Listed elements and values: a file-set of 200,000 images has twenty of them for each. */
const LIMITS = { maxDepth: 8, maxElements: 8_000_000, maxValues: 16_000_000 };
const MOST_WARNINGS = 20;

type Level = 'PATIENT' | 'STUDY' | 'SERIES';
const LEVELS: readonly Level[] = ['PATIENT', 'STUDY', 'SERIES'];

interface Above {
  readonly patient: DataSet;
  readonly study: DataSet;
  readonly series: DataSet;
}

const NOTHING: Above = { patient: {}, study: {}, series: {} };
const EMPTY: DataSet = {};

/**
 * Reads a DICOMDIR. Where its offsets lead nowhere or in circles, as in those of careless writers, its records are taken in the order they
 * stand in.
 * @throws DicomError `not-dicom`, `truncated`, `invalid-element`, `limit-exceeded`
 */
export function readDirectory(bytes: Uint8Array): MediaDirectory {
  const { meta, dataSetOffset } = readFileMeta(bytes);
  if (meta.mediaStorageSopClassUid !== undefined && meta.mediaStorageSopClassUid !== MEDIA_DIRECTORY) {
    throw new DicomError('not-dicom', 'not a DICOMDIR');
  }
  const content = bytes.subarray(dataSetOffset);
  const syntax = transferSyntax(meta.transferSyntaxUid);
  const { dataSet, warnings } = readDataSet(content, { transferSyntax: syntax, limits: LIMITS });
  const encoding = actualEncoding(content, { explicitVr: syntax.explicitVr, littleEndian: syntax.littleEndian });
  const { elements } = scanDataSet(content, { encoding, limits: LIMITS, stopAtPixelData: false, partial: false });
  const scanned = elements.findLast(({ tag }) => tag === RECORDS)?.items ?? [];
  const records = items(dataSet, RECORDS);
  const offsets = scanned.map(([first]) => (first === undefined ? -1 : dataSetOffset + first.offset - BEFORE_FIRST_VALUE));
  const linked = byOffsets(records, offsets, firstNumber(dataSet, FIRST_RECORD) ?? 0);
  const said = warnings.slice(0, MOST_WARNINGS);
  return linked === undefined
    ? {
        files: inOrder(records),
        warnings: [...said, 'the offsets of its records are wrong: they are read in the order they stand in'],
      }
    : { files: linked, warnings: said };
}

/** Follows the offsets; undefined where they cannot be. */
function byOffsets(records: readonly DataSet[], offsets: readonly number[], root: number): readonly DirectoryFile[] | undefined {
  const places = new Map(offsets.map((offset, index) => [offset, index]));
  const seen = new Set<number>();
  const files: DirectoryFile[] = [];
  // NOTE: no recursion: a list of siblings is as long as the writer likes.
  const waiting: { readonly at: number; readonly above: Above }[] = [{ at: root, above: NOTHING }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.at === 0) {
      continue;
    }
    const index = places.get(next.at);
    const record = index === undefined ? undefined : records[index];
    if (index === undefined || record === undefined || seen.has(index)) {
      return undefined;
    }
    seen.add(index);
    waiting.push({ at: firstNumber(record, NEXT_RECORD) ?? 0, above: next.above });
    if (isInUse(record)) {
      const above = under(record, next.above);
      addFile(files, record, above);
      waiting.push({ at: firstNumber(record, LOWER_RECORD) ?? 0, above });
    }
  }
  const listed = records.filter((record) => isInUse(record) && fileOf(record) !== undefined).length;
  return files.length < listed ? undefined : files;
}

/** Each record belongs under the last ones of the levels above it. */
function inOrder(records: readonly DataSet[]): readonly DirectoryFile[] {
  const files: DirectoryFile[] = [];
  let above = NOTHING;
  for (const record of records) {
    if (isInUse(record)) {
      above = under(record, above);
      addFile(files, record, above);
    }
  }
  return files;
}

function under(record: DataSet, above: Above): Above {
  const level = LEVELS.find((name) => name === firstText(record, RECORD_TYPE));
  switch (level) {
    case 'PATIENT':
      return { patient: record, study: EMPTY, series: EMPTY };
    case 'STUDY':
      return { ...above, study: record, series: EMPTY };
    case 'SERIES':
      return { ...above, series: record };
    case undefined:
      return above;
  }
}

function addFile(files: DirectoryFile[], record: DataSet, above: Above): void {
  const path = fileOf(record);
  if (path !== undefined) {
    files.push({ path, record, ...above });
  }
}

/** FFFF is in use; 0000 was taken out. PS3.3 F.3.2.2. */
function isInUse(record: DataSet): boolean {
  return firstNumber(record, IN_USE) !== 0;
}

function fileOf(record: DataSet): readonly string[] | undefined {
  const path = texts(record, FILE_ID).map((part) => part.trim());
  return path.length === 0 || path.every((part) => part === '') ? undefined : path;
}
