import {
  Blackening,
  type Coercion,
  type DataSet,
  DicomError,
  EXPLICIT_VR_LITTLE_ENDIAN,
  findTransferSyntax,
  identityOf,
  type PixelArea,
  pixelDataHeader,
  type TransferSyntax,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { RouterError } from '../errors.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import type { Changes } from '../routing/decision.ts';
import { changedBytes, changedDataSet } from './apply-changes.ts';
import type { Deidentification } from './deidentification.ts';
import { PieceReader } from './piece-reader.ts';
import { fragments, nativePixels } from './pixel-stream.ts';
import { type Head, readHead } from './read-head.ts';

/** An archived data set as it is opened. */
export interface OpenedDataSet {
  readonly transferSyntaxUid: string;
  /** Preamble, prefix and group 0002, as it is stored. PS3.10 7.1. */
  readonly fileMeta: Uint8Array;
  /** Without file meta information; read once. The memory of a piece may be used again once the next is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** When the archive got it, milliseconds since 1970; undefined where it does not say. */
  readonly storedAt?: number | undefined;
  close(): Promise<void>;
}

/** What goes out: the archived instance, or a changed copy of it. To be closed whether it was read or not. */
export interface DerivedInstance extends OpenedDataSet, DeliveredInstance {
  /** Of `bytes`, where that is known before they are read. */
  readonly length: number | undefined;
}

export interface DeriveOptions {
  /** Opens the instance as the archive has it, or in another transfer syntax. @throws RouterError as `openArchived` does */
  readonly open: (transferSyntaxUid: string | undefined) => Promise<OpenedDataSet>;
  readonly deidentification: Deidentification;
  /** Who changes copies, and from whom the original came. */
  readonly coercion: Omit<Coercion, 'at'>;
}

/** Nothing is to be changed but, perhaps, the transfer syntax. */
export function isUnchanged({ set = [], remove = [], deidentify }: Changes): boolean {
  return set.length === 0 && remove.length === 0 && deidentify === undefined;
}

/**
 * Makes of an archived instance what goes out. The header is held in memory, Pixel Data flows through; the archived object stays as it
 * is. De-identified, the same instance gives the same bytes at any time.
 * @param wanted transfer syntax it is to be in; undefined: as stored or, where that cannot be changed, Explicit VR Little Endian
 * @throws RouterError `not-found`, `archive`, `not-acceptable` where another transfer syntax may do, `not-derivable` where no try will
 */
export async function derive(
  options: DeriveOptions,
  instance: DeliveredInstance,
  changes: Changes,
  wanted: string | undefined,
): Promise<DerivedInstance> {
  if (isUnchanged(changes)) {
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } = instance;
    const { transferSyntaxUid, fileMeta, bytes, close } = await options.open(wanted);
    const uids = { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid };
    return { ...uids, transferSyntaxUid, fileMeta, bytes, length: undefined, close };
  }
  const copy = await changed(options, changes, wanted);
  return copy === 'needs-native' ? await nativeOf(options, changes, wanted) : copy;
}

/** A copy that must be made of native pixels. */
async function nativeOf(options: DeriveOptions, changes: Changes, wanted: string | undefined): Promise<DerivedInstance> {
  const copy = wanted === undefined ? await changed(options, changes, EXPLICIT_VR_LITTLE_ENDIAN) : 'needs-native';
  if (copy === 'needs-native') {
    throw new RouterError('not-acceptable', `it cannot be changed in transfer syntax ${wanted ?? EXPLICIT_VR_LITTLE_ENDIAN}`);
  }
  return copy;
}

async function changed(
  options: DeriveOptions,
  changes: Changes,
  wanted: string | undefined,
): Promise<DerivedInstance | 'needs-native'> {
  const opened = await options.open(wanted);
  try {
    const syntax = findTransferSyntax(opened.transferSyntaxUid);
    const made =
      syntax === undefined || syntax.deflated || !syntax.littleEndian || syntax.bigEndianPixels
        ? 'needs-native'
        : await options.deidentification.held(() => copyOf(options, opened, changes, syntax));
    if (made === 'needs-native') {
      await opened.close();
    }
    return made;
  } catch (error) {
    await opened.close();
    throw refused(error);
  }
}

/** What is wrong with the object or the rule stays wrong; what is wrong with the archive may pass. */
function refused(error: unknown): unknown {
  return error instanceof DicomError || (error instanceof RouterError && error.code === 'invalid-request')
    ? new RouterError('not-derivable', error.message, { cause: error })
    : error;
}

interface PixelWork {
  readonly areas: readonly PixelArea[];
  readonly clearsUnusedBits: boolean;
}

/** A head as it goes out. */
interface MadeHead extends PixelWork {
  readonly parts: readonly Uint8Array[];
  readonly dataSet: DataSet;
  /** What stands behind Pixel Data goes out, too. */
  readonly keepsTrailer: boolean;
}

async function copyOf(
  options: DeriveOptions,
  opened: OpenedDataSet,
  changes: Changes,
  syntax: TransferSyntax,
): Promise<DerivedInstance | 'needs-native'> {
  const reader = new PieceReader(opened.bytes);
  const head = await readHead(reader, syntax);
  const made = await madeHead(options, head, changes, syntax, opened.storedAt);
  const works = made.areas.length > 0 || made.clearsUnusedBits;
  if (works && syntax.encapsulated) {
    return 'needs-native';
  }
  const identity = identityOf(made.dataSet);
  const parts = made.parts;
  const headBytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  if (head.pixelData === undefined) {
    return derived(opened, identity, pieces(parts, undefined), headBytes);
  }
  const { tag, vr, length } = head.pixelData;
  const header = pixelDataHeader(tag, vr, made.keepsTrailer ? length : evenLength(length), syntax.explicitVr);
  const blackening = works ? new Blackening(head.dataSet, made.areas, made.clearsUnusedBits) : undefined;
  if (blackening !== undefined && length === undefined) {
    throw new RouterError('not-derivable', 'areas cannot be blackened in fragments');
  }
  const pixels = made.keepsTrailer
    ? reader.rest()
    : length === undefined
      ? fragments(reader)
      : nativePixels(reader, length, blackening);
  const total = made.keepsTrailer || length === undefined ? undefined : headBytes + header.byteLength + (evenLength(length) ?? 0);
  return derived(opened, identity, pieces([...parts, header], pixels), total);
}

function evenLength(length: number | undefined): number | undefined {
  return length === undefined ? undefined : length + (length % 2);
}

async function madeHead(
  options: DeriveOptions,
  head: Head,
  changes: Changes,
  syntax: TransferSyntax,
  at: number | undefined,
): Promise<MadeHead> {
  if (changes.deidentify === undefined) {
    const parts = changedBytes(head, changes, syntax, at === undefined ? undefined : { ...options.coercion, at });
    return { parts, dataSet: head.dataSet, areas: [], clearsUnusedBits: false, keepsTrailer: true };
  }
  const work = await options.deidentification.apply(changes.deidentify, wholeOf(head), syntax.uid);
  const { [head.pixelData?.tag ?? '']: _, ...dataSet } = changedDataSet(work.dataSet, changes);
  return { ...work, parts: [writeDataSet(dataSet, { explicitVr: syntax.explicitVr })], dataSet, keepsTrailer: false };
}

/** Pixel Data stands in the model without its value, so that it is known to be there. */
export function wholeOf({ dataSet, pixelData }: Head): DataSet {
  return pixelData === undefined ? dataSet : { ...dataSet, [pixelData.tag]: { vr: pixelData.vr } };
}

async function* pieces(
  parts: readonly Uint8Array[],
  pixels: AsyncIterable<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  yield* parts;
  if (pixels !== undefined) {
    yield* pixels;
  }
}

function derived(
  opened: OpenedDataSet,
  { study, series, instance, sopClass }: ReturnType<typeof identityOf>,
  bytes: AsyncIterable<Uint8Array>,
  length: number | undefined,
): DerivedInstance {
  const { transferSyntaxUid } = opened;
  return {
    studyInstanceUid: study,
    seriesInstanceUid: series,
    sopInstanceUid: instance,
    sopClassUid: sopClass,
    transferSyntaxUid,
    fileMeta: writeFileMeta({ mediaStorageSopClassUid: sopClass, mediaStorageSopInstanceUid: instance, transferSyntaxUid }),
    bytes,
    length,
    close: () => opened.close(),
  };
}
