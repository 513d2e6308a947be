import type { Source } from '@filmless/access';
import { type MultipartLimits, parseContentType, type ReceivedObject, readMultipart } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { Rejecter } from '../../core/rejections/model.ts';
import type { StoreOutcome } from '../../core/store-outcome.ts';
import type { HttpContext } from '../context.ts';
import { NotesLast } from './notes-last.ts';

/**
 * Instances of one request being stored while the next is received: those that wait together share a sync, or go up to the
 * object store as one pack. Together they take half of what the reception keeps in memory.
 */
const STORES_AT_ONCE = 64;
const STORING_BYTES = 32 * 1024 * 1024;

/** The bytes of a part are limited by the archive's `maxInstanceBytes`, as they are written. */
const LIMITS: MultipartLimits = {
  maxHeaderBytes: 16 * 1024,
  maxParts: 100_000,
  maxPartBytes: Number.MAX_SAFE_INTEGER,
  maxPreambleBytes: 64 * 1024,
};

const DICOM = 'application/dicom';

const NEARLY_FULL = 'the disk is nearly full; what is left is kept for emergencies and the databases: free some space';

/** What a request brought, and where it belongs. */
export interface Delivery {
  readonly source: Source;
  /** Whose rejection notes are carried out: for who may edit. */
  readonly rejecter?: Rejecter | undefined;
  /** From the path: instances of other studies are refused. */
  readonly studyInstanceUid?: string;
  /** What becomes of an object before it is stored; the object is let go. */
  readonly change?: (received: ReceivedObject) => Promise<ReceivedObject | PartOutcome>;
}

/** What became of one part; those of the second kind never reached the store. */
export type PartOutcome =
  | StoreOutcome
  | { readonly status: 'refused'; readonly reason: 'too-large' | 'unsupported'; readonly message: string };

/**
 * Receives and stores the instances of a multipart body, one after the other as they arrive. What
 * becomes of each is put into `outcomes` in their order, also of those before a failure.
 * @throws DicomError `invalid-multipart` when the body is broken: what came before is stored all the same
 */
export async function receiveParts(
  context: HttpContext,
  body: ReadableStream<Uint8Array>,
  boundary: string,
  delivery: Delivery,
  outcomes: Promise<PartOutcome>[],
): Promise<void> {
  using notes = new NotesLast();
  const running = new Set<Promise<void>>();
  let bytes = 0;
  for await (const part of readMultipart(body, boundary, LIMITS)) {
    const received = await receive(context, part.body, part.headers.get('content-type') ?? DICOM);
    const size = 'status' in received ? 0 : received.size;
    bytes += size;
    const { outcome, kept } = notes.store(delivery, (own) => storeReceived(context, received, own));
    // Whoever reads `outcomes` hears of a failure; the next part may be long in coming until then.
    const held = kept
      .catch(() => undefined)
      .then(() => {
        bytes -= size;
        running.delete(held);
      });
    running.add(held);
    outcomes.push(outcome);
    while (running.size >= STORES_AT_ONCE || (bytes >= STORING_BYTES && running.size > 1)) {
      await Promise.race(running);
    }
  }
}

/** Receives and stores a body that is one instance. */
export async function receiveBody(
  context: HttpContext,
  body: ReadableStream<Uint8Array>,
  delivery: Delivery,
  outcomes: Promise<PartOutcome>[],
): Promise<void> {
  const received = await receive(context, body, DICOM);
  outcomes.push(storeReceived(context, received, delivery));
}

async function receive(
  context: HttpContext,
  body: ReadableStream<Uint8Array>,
  contentType: string,
): Promise<ReceivedObject | PartOutcome> {
  if (typeOf(contentType) !== DICOM) {
    await body.cancel();
    return {
      status: 'refused',
      reason: 'unsupported',
      message: `A part is ${contentType.slice(0, 80)}: only ${DICOM} is taken.`,
    };
  }
  if (!(await context.core.reception.hasRoom('bulk'))) {
    await body.cancel();
    return { status: 'refused', reason: 'full', message: NEARLY_FULL };
  }
  try {
    return await context.core.receive(body);
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'limit-exceeded') {
      return { status: 'refused', reason: 'too-large', message: error.message };
    }
    if (error instanceof ArchiveError && (error.code === 'store-full' || error.code === 'store-away')) {
      return { status: 'refused', reason: error.code === 'store-full' ? 'full' : 'away', message: error.message };
    }
    throw error;
  }
}

/** Stores what was received, where the delivery belongs. */
export async function storeReceived(
  context: HttpContext,
  received: ReceivedObject | PartOutcome,
  { source, studyInstanceUid, rejecter, change }: Delivery,
): Promise<PartOutcome> {
  const changed = 'status' in received || change === undefined ? received : await change(received);
  if ('status' in changed) {
    return changed;
  }
  return context.store(changed, source, { rejecter, ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }) });
}

function typeOf(contentType: string): string {
  try {
    return parseContentType(contentType).type;
  } catch {
    return contentType;
  }
}
