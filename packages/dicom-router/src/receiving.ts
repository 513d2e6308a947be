import type { Meter, Source } from '@filmless/access';
import { DatabaseError } from '@filmless/database';
import { DicomError, firstText, inspectObject, type ReceivedObject, TAG, writeFileMeta } from '@filmless/dicom';
import { DiskError, type Received, type Reception, type Turns } from '@filmless/disk';
import type { AeDirectory } from './aes/ae-directory.ts';
import { acquaintance } from './aes/sender.ts';
import type { Arrivals } from './arrivals/arrivals.ts';
import { drain } from './dimse/message.ts';
import type { Answer } from './dimse/provider.ts';
import { FAULT_COMMENT, type StatusName } from './dimse/status.ts';
import type { StoreRequest } from './dimse/store.ts';
import { messageOf, RouterError } from './errors.ts';
import type { Finding } from './finding.ts';
import { type Peeked, peek } from './peek.ts';
import { drainForHead, peekStudy } from './peek-study.ts';
import type { Deposit, DepositOptions, DepositOutcome, RefusedInstance, RouterOptions } from './router.ts';

export interface ReceivingOptions {
  readonly reception: Reception;
  readonly deposit: Deposit;
  readonly aes: Pick<AeDirectory, 'rights'>;
  readonly arrivals: Pick<Arrivals, 'arrived'>;
  /** Told of instances that are not taken. */
  readonly refused?: RouterOptions['refused'];
  /** Turns for looking at an object whole, which may take hundreds of megabytes. */
  readonly inspections: Turns;
  readonly meter: Meter;
}

/** Statuses for what the archive refuses. PS3.4 B.2.3. */
const REFUSALS: Readonly<Record<Extract<DepositOutcome, { status: 'refused' }>['reason'], StatusName>> = {
  broken: 'cannotUnderstand',
  full: 'outOfResources',
  away: 'outOfResources',
  forbidden: 'notAuthorized',
};

const NO_ROOM: Finding = { cause: 'disk-full', facts: {} };

/** Why the archive refuses, where the status does not say it. */
const FINDINGS: Partial<Readonly<Record<keyof typeof REFUSALS, Finding>>> = {
  full: NO_ROOM,
  away: { cause: 'archive-away', facts: {} },
  forbidden: { cause: 'wrong-facility', facts: {} },
};

/**
 * Takes one instance from the wire to where it is safe, and only then answers success.
 * @throws RouterError when the association ends meanwhile; nothing is left then
 */
export async function receiveInstance(options: ReceivingOptions, request: StoreRequest): Promise<Answer> {
  const began = performance.now();
  const answer = await takeInstance(options, request);
  const { endedAt } = request.dataSet;
  if (endedAt !== undefined) {
    options.meter.observe('receive', (endedAt - began) / 1000);
    options.meter.observe('answer', (performance.now() - endedAt) / 1000);
  }
  return answer;
}

async function takeInstance(options: ReceivingOptions, request: StoreRequest): Promise<Answer> {
  // Asked again for each instance: the right may have been withdrawn while the association is open.
  const { may, settings } = options.aes.rights(request.peer.callingAe);
  if (!may.includes('store')) {
    await drain(request.dataSet);
    return { status: 'notAuthorized', comment: `${request.peer.callingAe} may not store here` };
  }
  // The last of the disk is kept for emergencies, and of these nothing says so before they are here but who sends them.
  if (!(await options.reception.hasRoom(settings.urgent === true ? 'emergency' : 'bulk'))) {
    noteRefusal(options, request, 'full', await drainForHead(request.dataSet));
    return { status: 'outOfResources', comment: 'the disk is full', finding: NO_ROOM };
  }
  let received: Received;
  try {
    received = await options.reception.receive(request.dataSet, { before: fileMeta(request) });
  } catch (error) {
    return await notReceived(error, request);
  }
  const { head } = received;
  const answer = await depositInstance(options, request, received);
  const reason = REASONS.get(answer.status);
  if (reason !== undefined) {
    noteRefusal(options, request, answer.finding?.cause === 'archive-away' ? 'away' : reason, head);
  }
  return answer;
}

/** Statuses that leave the instance with its sender; one who may not send has nothing to be told of. */
const REASONS: ReadonlyMap<Answer['status'], RefusedInstance['reason']> = new Map([
  ['outOfResources', 'full'],
  ['cannotUnderstand', 'broken'],
  ['processingFailure', 'failed'],
]);

/** The receipt of its study tells of an instance that was not taken. */
function noteRefusal(
  { aes, refused }: ReceivingOptions,
  { peer, sopInstanceUid, transferSyntaxUid }: StoreRequest,
  reason: RefusedInstance['reason'],
  head: Uint8Array,
): void {
  const studyInstanceUid = refused === undefined ? undefined : peekStudy(head, transferSyntaxUid);
  if (studyInstanceUid !== undefined) {
    const { callingAe, address } = peer;
    refused?.({ sopInstanceUid, studyInstanceUid, reason, callingAe, address, facility: aes.rights(callingAe).facility });
  }
}

/** @throws RouterError when the association is over, or must be: who sends without end is not read to the end */
async function notReceived(error: unknown, { dataSet }: StoreRequest): Promise<Answer> {
  if (error instanceof DiskError && error.code === 'too-long') {
    throw new RouterError('limit-exceeded', error.message, { cause: error });
  }
  if (error instanceof RouterError) {
    throw error;
  }
  await drain(dataSet);
  return failure(error);
}

async function depositInstance(options: ReceivingOptions, request: StoreRequest, received: Received): Promise<Answer> {
  let mine: Received | undefined = received;
  try {
    const peeked = peek(received.head, request.transferSyntaxUid);
    const agrees = peeked !== undefined && disagreement(request, peeked) === undefined;
    // What the first look does not find, or finds other than the command said, is looked at whole.
    const facts = agrees ? peeked : await options.inspections.run(() => inspect(options.reception, received.object));
    const mismatch = disagreement(request, facts);
    if (mismatch !== undefined) {
      const other = await renamed(options.reception, request, facts, received.object);
      mine = other;
      await options.reception.release(received.object);
    }
    const { object } = mine;
    mine = undefined;
    const refusal = await depositObject(options, request, facts, object);
    return (
      refusal ?? (mismatch === undefined ? { status: 'success' } : { status: 'dataSetDoesNotMatchSopClass', comment: mismatch })
    );
  } catch (error) {
    return failure(error);
  } finally {
    if (mine !== undefined) {
      await options.reception.release(mine.object);
    }
  }
}

/** The same data set behind meta information that names it. */
function renamed(reception: Reception, request: StoreRequest, facts: Peeked, object: ReceivedObject): Promise<Received> {
  const { sopClassUid, sopInstanceUid } = facts;
  return reception.rewrite(object, fileMeta({ ...request, sopClassUid, sopInstanceUid }));
}

/** The object is the archive's from here on. Undefined once the instance is safe, and where it goes is decided or noted. */
async function depositObject(
  { aes, arrivals, deposit }: ReceivingOptions,
  request: StoreRequest,
  { modality }: Peeked,
  object: ReceivedObject,
): Promise<Answer | undefined> {
  const outcome = await deposit(object, sourceOf(aes, request), depositOptions(aes, request));
  if (outcome.status === 'refused') {
    const finding = FINDINGS[outcome.reason];
    return { status: REFUSALS[outcome.reason], comment: outcome.message, ...(finding === undefined ? {} : { finding }) };
  }
  // What conflicts is kept aside for a person and goes nowhere else until she has decided.
  if (outcome.status !== 'conflict') {
    const { transferSyntaxUid, peer } = request;
    const { callingAe, address } = peer;
    const source = { kind: 'dimse', callingAe, address, facility: aes.rights(callingAe).facility } as const;
    const instance = { ...outcome, transferSyntaxUid, bytes: object.size };
    await arrivals.arrived(instance, source, { modality: modality ?? '' }, outcome.status === 'stored');
  }
  return undefined;
}

/** What went wrong here is for the log; the peer gets a plain sentence. */
function failure(error: unknown): Answer {
  if (error instanceof DicomError) {
    return { status: 'cannotUnderstand', comment: error.message };
  }
  if (error instanceof DiskError || (error instanceof DatabaseError && error.code === 'full')) {
    const comment = 'the disk did not take the instance';
    return { status: 'outOfResources', comment, problem: messageOf(error), finding: NO_ROOM };
  }
  return { status: 'processingFailure', comment: FAULT_COMMENT, problem: messageOf(error) };
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
  const { charsetIn } = rights.settings;
  return {
    kind: 'dimse',
    callingAe: peer.callingAe,
    calledAe: peer.calledAe,
    address: peer.address,
    facility: rights.facility,
    verified: acquaintance(rights, peer.address) === 'verified',
    ...(charsetIn === undefined ? {} : { characterSet: charsetIn }),
  };
}

function depositOptions(aes: ReceivingOptions['aes'], { peer }: StoreRequest): DepositOptions {
  const { onConflict } = aes.rights(peer.callingAe).settings;
  return onConflict === undefined || onConflict === 'ask'
    ? {}
    : { onConflict: { keep: onConflict === 'keepFirst' ? 'existing' : 'new', by: `${onConflict} of ${peer.callingAe}` } };
}

/** The slow way to the facts, for the few objects whose beginning does not show them. @throws DicomError */
async function inspect(reception: Reception, received: ReceivedObject): Promise<Peeked> {
  await using source = await reception.open(received);
  const { sopClassUid, sopInstanceUid, header } = await inspectObject(source);
  return { sopClassUid, sopInstanceUid, modality: firstText(header, TAG.Modality) };
}
