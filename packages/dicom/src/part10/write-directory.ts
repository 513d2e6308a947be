import { firstText } from '../dataset/accessors.ts';
import type { Attribute, DataSet, TagKey } from '../dataset/model.ts';
import { writeDataSet } from '../dataset/write.ts';
import { elementHeader } from '../dataset/write-element.ts';
import { DicomError } from '../errors.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../transfer-syntax.ts';
import { newUid } from '../uid.ts';
import { type DirectoryFile, MEDIA_DIRECTORY } from './directory.ts';
import { writeFileMeta } from './write-file-meta.ts';

const ITEM: TagKey = 'FFFEE000';
const RECORDS: TagKey = '00041220';
const ITEM_HEADER_BYTES = 8;
const SEQUENCE_HEADER_BYTES = 12;
const UTF_8 = ['ISO_IR 192'];

/** At most 8 components of 1 to 8 capital letters, digits and underscores. PS3.10 8.2, 8.5. */
const MOST_COMPONENTS = 8;
const COMPONENT = /^[A-Z0-9_]{1,8}$/;

/** A record, and those that follow it on its level and stand below it; places in the list of all. */
interface Node {
  readonly record: DataSet;
  next: number | undefined;
  lower: number | undefined;
}

/**
 * A DICOMDIR of these files, as `readDirectory` reads it: patients, studies, series and objects in the order they are first met, texts in
 * UTF-8. PS3.3 F.3, PS3.10 8.6.
 * @throws DicomError `invalid-value` for a path that cannot stand in one, or an attribute that cannot be written
 */
export function writeDirectory(files: readonly DirectoryFile[]): Uint8Array {
  for (const { path } of files) {
    if (path.length === 0 || path.length > MOST_COMPONENTS || !path.every((part) => COMPONENT.test(part))) {
      throw new DicomError('invalid-value', `not a path in a file-set: ${JSON.stringify(path.join('/').slice(0, 80))}`);
    }
  }
  const nodes = linked(files);
  const meta = writeFileMeta({
    mediaStorageSopClassUid: MEDIA_DIRECTORY,
    mediaStorageSopInstanceUid: newUid(),
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const none = nodes.map(() => 0);
  // Offsets are numbers of fixed length: where records stand is known before what they say.
  const lengths = nodes.map((node) => recordBytes(node, none).byteLength);
  const before = meta.byteLength + headBytes(0, 0).byteLength + SEQUENCE_HEADER_BYTES;
  const offsets: number[] = [];
  let end = before;
  for (const length of lengths) {
    offsets.push(end);
    end += ITEM_HEADER_BYTES + length;
  }
  const last = nodes.findLastIndex(({ record }) => firstText(record, '00041430') === 'PATIENT');
  const out = new Uint8Array(end);
  out.set(meta);
  out.set(headBytes(offsets[0] ?? 0, offsets[last] ?? 0), meta.byteLength);
  out.set(elementHeader(RECORDS, 'SQ', end - before, true), before - SEQUENCE_HEADER_BYTES);
  for (const [index, node] of nodes.entries()) {
    const at = offsets[index] ?? 0;
    out.set(elementHeader(ITEM, 'UN', lengths[index] ?? 0, true), at);
    out.set(recordBytes(node, offsets), at + ITEM_HEADER_BYTES);
  }
  return out;
}

/** Group 0004 up to the records: the file-set's name, where its first and its last patient stands, and that it is consistent. PS3.3 F.3.2. */
function headBytes(first: number, last: number): Uint8Array {
  const head: DataSet = {
    '00041130': { vr: 'CS', Value: ['FILMLESS'] },
    '00041200': { vr: 'UL', Value: [first] },
    '00041202': { vr: 'UL', Value: [last] },
    '00041212': { vr: 'US', Value: [0] },
  };
  return writeDataSet(head, { explicitVr: true });
}

function recordBytes({ record, next, lower }: Node, offsets: readonly number[]): Uint8Array {
  const at = (place: number | undefined): Attribute => ({
    vr: 'UL',
    Value: [place === undefined ? 0 : (offsets[place] ?? 0)],
  });
  const whole: DataSet = {
    ...record,
    '00041400': at(next),
    '00041410': { vr: 'US', Value: [0xffff] },
    '00041420': at(lower),
    '00080005': { vr: 'CS', Value: UTF_8 },
  };
  return writeDataSet(whole, { explicitVr: true, characterSets: UTF_8 });
}

/** All records, each before those below it, with what follows and what lies below each. */
function linked(files: readonly DirectoryFile[]): readonly Node[] {
  const root = new Branch({});
  for (const { patient, study, series, record } of files) {
    root
      .child(firstText(patient, '00100020') ?? '', patient)
      .child(firstText(study, '0020000D') ?? '', study)
      .child(firstText(series, '0020000E') ?? '', series)
      .leaf(record);
  }
  const nodes: Node[] = [];
  root.flatten(nodes);
  return nodes;
}

class Branch {
  readonly #record: DataSet;
  readonly #children: Branch[] = [];
  readonly #named = new Map<string, Branch>();

  constructor(record: DataSet) {
    this.#record = record;
  }

  child(name: string, record: DataSet): Branch {
    const known = this.#named.get(name);
    if (known !== undefined) {
      return known;
    }
    const made = new Branch(record);
    this.#named.set(name, made);
    this.#children.push(made);
    return made;
  }

  leaf(record: DataSet): void {
    this.#children.push(new Branch(record));
  }

  /** Adds what lies below it, linked; gives the place of the first. NOTE: four levels deep, whatever the files are. */
  flatten(nodes: Node[]): number | undefined {
    let before: Node | undefined;
    let first: number | undefined;
    for (const child of this.#children) {
      const place = nodes.length;
      const node: Node = { record: child.#record, next: undefined, lower: undefined };
      nodes.push(node);
      node.lower = child.flatten(nodes);
      first ??= place;
      if (before !== undefined) {
        before.next = place;
      }
      before = node;
    }
    return first;
  }
}
