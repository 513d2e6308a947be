import { open } from 'node:fs/promises';
import type { Source } from '@filmless/access';
import { DatabaseError } from '@filmless/database';
import { type ByteSource, DicomError, firstText, inspectObject, TAG, writeFileMeta } from '@filmless/dicom';
import type { AeDirectory } from './aes/ae-directory.ts';
import { acquaintance } from './aes/sender.ts';
import type { Deliveries } from './destinations/deliveries.ts';
import { drain } from './dimse/message.ts';
import type { Answer } from './dimse/provider.ts';
import type { StatusName } from './dimse/status.ts';
import type { StoreRequest } from './dimse/store.ts';
import { messageOf, RouterError } from './errors.ts';
import type { Deposit, DepositFile, DepositOutcome } from './router.ts';
import type { Incoming, Received } from './spool/incoming.ts';
import { type Peeked, peek } from './spool/peek.ts';
import type { Turns } from './spool/turns.ts';

export interface ReceivingOptions {
  readonly incoming: Incoming;
  readonly deposit: Deposit;
  readonly aes: Pick<AeDirectory, 'rights'>;
  readonly deliveries: Pick<Deliveries, 'queue'>;
  /** Turns for looking at an object whole, which may take hundreds of megabytes. */
  readonly inspections: Turns;
}

/** Statuses for what the archive refuses. PS3.4 B.2.3. */
const REFUSALS: Readonly<Record<Extract<DepositOutcome, { status: 'refused' }>['reason'], StatusName>> = {
  broken: 'cannotUnderstand',
  full: 'outOfResources',
  away: 'outOfResources',
  forbidden: 'notAuthorized',
};

/**
 * Takes one instance from the wire to where it is safe, and only then answers success.
 * @throws RouterError when the association ends meanwhile; nothing is left then
 */
export async function receiveInstance(options: ReceivingOptions, request: StoreRequest): Promise<Answer> {
  // Asked again for each instance: the right may have been withdrawn while the association is open.
  if (!options.aes.rights(request.peer.callingAe).may.includes('store')) {
    await drain(request.dataSet);
    return { status: 'notAuthorized', comment: `${request.peer.callingAe} may not store here` };
  }
  if (!(await options.incoming.hasRoom())) {
    await drain(request.dataSet);
    return { status: 'outOfResources', comment: 'the disk is full' };
  }
  let received: Received;
  try {
    received = await options.incoming.receive(fileMeta(request), request.dataSet);
  } catch (error) {
    if (error instanceof RouterError && error.code === 'full') {
      await drain(request.dataSet);
      return { status: 'outOfResources', comment: 'the disk did not take the instance' };
    }
    throw error;
  }
  return await depositInstance(options, request, received);
}

async function depositInstance(options: ReceivingOptions, request: StoreRequest, received: Received): Promise<Answer> {
  let mine: Received | undefined = received;
  try {
    const peeked = peek(received.head, request.transferSyntaxUid);
    const agrees = peeked !== undefined && disagreement(request, peeked) === undefined;
    // What the first look does not find, or finds other than the command said, is looked at whole.
    const facts = agrees ? peeked : await options.inspections.run(() => inspect(received));
    const mismatch = disagreement(request, facts);
    if (mismatch !== undefined) {
      mine = await renamed(options.incoming, request, facts, received);
    }
    const { file } = mine;
    mine = undefined;
    const refusal = await depositFile(options, request, facts, file);
    return (
      refusal ?? (mismatch === undefined ? { status: 'success' } : { status: 'dataSetDoesNotMatchSopClass', comment: mismatch })
    );
  } catch (error) {
    return failure(error);
  } finally {
    if (mine !== undefined) {
      await options.incoming.remove(mine);
    }
  }
}

/** The same data set behind meta information that names it; the first file is gone then. */
async function renamed(incoming: Incoming, request: StoreRequest, facts: Peeked, received: Received): Promise<Received> {
  const { sopClassUid, sopInstanceUid } = facts;
  const other = await incoming.rewrite(received, fileMeta({ ...request, sopClassUid, sopInstanceUid }));
  await incoming.remove(received);
  return other;
}

/** The file is the archive's from here on. Undefined once the instance is safe and its deliveries are queued. */
async function depositFile(
  { aes, deposit, deliveries }: ReceivingOptions,
  request: StoreRequest,
  { modality }: Peeked,
  file: DepositFile,
): Promise<Answer | undefined> {
  const outcome = await deposit(file, sourceOf(aes, request));
  if (outcome.status === 'refused') {
    return { status: REFUSALS[outcome.reason], comment: outcome.message };
  }
  // What conflicts is kept aside for a person and goes nowhere else until she has decided.
  if (outcome.status !== 'conflict') {
    const { transferSyntaxUid, peer } = request;
    await deliveries.queue({ ...outcome, transferSyntaxUid }, peer.callingAe, modality, outcome.status === 'stored');
  }
  return undefined;
}

function failure(error: unknown): Answer {
  if (error instanceof DicomError) {
    return { status: 'cannotUnderstand', comment: error.message };
  }
  const full = (error instanceof DatabaseError || error instanceof RouterError) && error.code === 'full';
  return { status: full ? 'outOfResources' : 'processingFailure', comment: messageOf(error) };
}

function fileMeta({ peer, sopClassUid, sopInstanceUid, transferSyntaxUid }: Omit<StoreRequest, 'dataSet'>): Uint8Array {
  const sourceAeTitle = aeText(peer.callingAe);
  const receivingAeTitle = aeText(peer.calledAe);
  return writeFileMeta({
    mediaStorageSopClassUid: sopClassUid,
    mediaStorageSopInstanceUid: sopInstanceUid,
    transferSyntaxUid,
    ...(sourceAeTitle === undefined ? {} : { sourceAeTitle }),
    ...(receivingAeTitle === undefined ? {} : { receivingAeTitle }),
  });
}

/** A title that a file can hold: some machines send none or control characters. PS3.5 6.2. */
function aeText(title: string): string | undefined {
  const text = title.replace(/[^\x20-\x7e]|\\/g, '').trim();
  return text === '' ? undefined : text;
}

function disagreement(request: StoreRequest, facts: Peeked): string | undefined {
  if (facts.sopClassUid !== request.sopClassUid) {
    return 'kept under the SOP Class UID of the data set, not the command';
  }
  return facts.sopInstanceUid === request.sopInstanceUid
    ? undefined
    : 'kept under the SOP Instance UID of the data set, not the command';
}

function sourceOf(aes: ReceivingOptions['aes'], { peer }: StoreRequest): Source {
  const rights = aes.rights(peer.callingAe);
  return {
    kind: 'dimse',
    callingAe: peer.callingAe,
    calledAe: peer.calledAe,
    address: peer.address,
    facility: rights.facility,
    verified: acquaintance(rights, peer.address) === 'verified',
  };
}

/** The slow way to the facts, for the few objects whose beginning does not show them. @throws DicomError */
async function inspect({ file }: Received): Promise<Peeked> {
  await using handle = await open(file.path, 'r');
  const source: ByteSource = {
    size: file.size,
    read: async (offset, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
  };
  const object = await inspectObject(source);
  return {
    sopClassUid: object.sopClassUid,
    sopInstanceUid: object.sopInstanceUid,
    modality: firstText(object.header, TAG.Modality),
  };
}
