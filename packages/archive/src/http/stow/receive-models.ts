import {
  type DataSet,
  DicomError,
  firstText,
  type Part,
  parseContentType,
  parseDicomJson,
  readMultipart,
  TAG,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { HttpContext } from '../context.ts';
import { assemble } from './assemble.ts';
import { BulkParts } from './bulk-parts.ts';
import { NotesLast } from './notes-last.ts';
import { readNativeXml } from './read-native-xml.ts';
import { type Delivery, type PartOutcome, storeReceived } from './receive.ts';

const JSON_TYPE = 'application/dicom+json';
const XML_TYPE = 'application/dicom+xml';
/** Forms that metadata may come in. PS3.18 8.7.3.2. */
export const MODEL_TYPES: ReadonlySet<string> = new Set([JSON_TYPE, 'application/json', XML_TYPE]);

/** Metadata of one request: held, and up to twenty times as long in memory. A series of 1,000 images has 3 MB. */
const MAX_METADATA_BYTES = 8 * 1024 * 1024;
/** Each instance is an object that is stored and answered for. */
const MAX_INSTANCES = 10_000;
const LIMITS = {
  maxHeaderBytes: 16 * 1024,
  maxParts: 20_000,
  maxPartBytes: Number.MAX_SAFE_INTEGER,
  maxPreambleBytes: 64 * 1024,
};

/**
 * Receives metadata and bulk data, makes an object of each instance, and stores it. PS3.18 10.5.1.4, figure 8.6-1. Nothing is stored of a
 * request that breaks off: without its last part nobody knows what was to come.
 * @throws DicomError `invalid-multipart`, `invalid-json`; ArchiveError `invalid-request`, `limit-exceeded`, `store-full`, `store-away`
 */
export async function receiveModels(
  context: HttpContext,
  body: ReadableStream<Uint8Array>,
  boundary: string,
  delivery: Delivery,
  outcomes: Promise<PartOutcome>[],
): Promise<void> {
  await using parts = new BulkParts(context);
  const metadata = new Metadata();
  for await (const part of readMultipart(body, boundary, LIMITS)) {
    const type = typeOf(part);
    await (MODEL_TYPES.has(type) && part.headers.get('content-location') === undefined
      ? metadata.take(part.body, type)
      : parts.take(part));
  }
  await storeModels(context, metadata.instances, parts, delivery, outcomes);
}

/** The same of a body that is metadata alone: a report needs no bulk data. */
export async function receiveModel(
  context: HttpContext,
  body: ReadableStream<Uint8Array>,
  type: string,
  delivery: Delivery,
  outcomes: Promise<PartOutcome>[],
): Promise<void> {
  await using parts = new BulkParts(context);
  await storeModels(context, await readModels(body, type), parts, delivery, outcomes);
}

/** Data sets of a body that is metadata alone, for services that store none of it. */
export async function readModels(body: ReadableStream<Uint8Array>, type: string): Promise<readonly DataSet[]> {
  const metadata = new Metadata();
  await metadata.take(body, type);
  return metadata.instances;
}

function typeOf(part: Part): string {
  return parseContentType(part.headers.get('content-type') ?? JSON_TYPE).type;
}

/** What the metadata parts of a request hold. */
class Metadata {
  readonly instances: DataSet[] = [];
  #bytes = 0;

  async take(body: ReadableStream<Uint8Array>, type: string): Promise<void> {
    const text = await this.#text(body);
    if (type === XML_TYPE) {
      this.instances.push(readNativeXml(text));
    } else {
      const parsed = json(text);
      const all: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
      // Before the first is looked at: 8 MiB hold millions of empty ones.
      checkCount(this.instances.length + all.length);
      for (const one of all) {
        this.instances.push(parseDicomJson(one));
      }
    }
    checkCount(this.instances.length);
  }

  async #text(body: ReadableStream<Uint8Array>): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of body) {
      this.#bytes += piece.byteLength;
      if (this.#bytes > MAX_METADATA_BYTES) {
        throw new ArchiveError(
          'limit-exceeded',
          `Metadata of one request may have ${MAX_METADATA_BYTES} bytes; refer to long values by BulkDataURI, or send several requests.`,
        );
      }
      // NOTE: a connection's memory is read into again.
      pieces.push(new Uint8Array(piece));
    }
    return Buffer.concat(pieces).toString('utf8');
  }
}

function checkCount(instances: number): void {
  if (instances > MAX_INSTANCES) {
    throw new ArchiveError('limit-exceeded', `One request may have the metadata of ${MAX_INSTANCES} instances.`);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ArchiveError(
      'invalid-request',
      `The metadata is no JSON: ${error instanceof Error ? error.message : ''}`.slice(0, 200),
    );
  }
}

async function storeModels(
  context: HttpContext,
  instances: readonly DataSet[],
  parts: BulkParts,
  delivery: Delivery,
  outcomes: Promise<PartOutcome>[],
): Promise<void> {
  using notes = new NotesLast();
  for (const instance of instances) {
    // One at a time: each is held or written whole before it is stored.
    const { outcome, kept } = notes.store(delivery, (own) => storeModel(context, instance, parts, own));
    outcomes.push(outcome);
    await kept;
  }
}

async function storeModel(context: HttpContext, instance: DataSet, parts: BulkParts, delivery: Delivery): Promise<PartOutcome> {
  try {
    if (!(await context.core.reception.hasRoom('bulk'))) {
      throw new ArchiveError('store-full', 'the disk is nearly full; what is left is kept for emergencies: free some space');
    }
    const pieces = await assemble(instance, parts);
    const received = await context.core.receive(ReadableStream.from(pieces));
    return await storeReceived(context, received, delivery);
  } catch (error) {
    return refusal(error, instance);
  }
}

/** What is wrong with one instance is no reason not to store the others. */
function refusal(error: unknown, instance: DataSet): PartOutcome {
  const isOwn = error instanceof ArchiveError;
  if (!isOwn && !(error instanceof DicomError)) {
    throw error;
  }
  const studyInstanceUid = firstText(instance, TAG.StudyInstanceUID);
  const sopInstanceUid = firstText(instance, TAG.SOPInstanceUID);
  const sopClassUid = firstText(instance, TAG.SOPClassUID);
  const ids = {
    ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
    ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
    ...(sopClassUid === undefined ? {} : { sopClassUid }),
  };
  const { message } = error;
  if (isOwn && (error.code === 'store-full' || error.code === 'store-away')) {
    return { status: 'refused', reason: error.code === 'store-full' ? 'full' : 'away', message, ...ids };
  }
  return { status: 'refused', reason: 'broken', message, ...ids };
}
