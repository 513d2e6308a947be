import type { Meter } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import type { Calls } from '../calls.ts';
import type { Deidentification } from '../derive/deidentification.ts';
import { derive, isUnchanged } from '../derive/derive.ts';
import type { OutgoingPiece } from '../dimse/message.ts';
import { openDialogue } from '../dimse/open-dialogue.ts';
import type { RouterLimits } from '../limits.ts';
import type { Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import type { DicomDestination } from '../routing/destination.ts';
import type { ReadingArchive } from './archive-reader.ts';
import { wholeSeriesOf } from './archived-instances.ts';
import { openArchivedFile } from './part10.ts';
import { proposalFor, type StoredPair } from './proposals.ts';
import { type CopyToSend, sendInstances } from './send-instances.ts';
import type { TlsKeeper } from './tls-keeper.ts';
import type { Outgoing, Report } from './transport.ts';

export interface SenderOptions {
  readonly archiveFetch: ArchiveFetch;
  readonly aeTitle: string;
  readonly calls: Calls;
  readonly deidentification: Deidentification;
  readonly limits: RouterLimits;
  readonly meter: Meter;
  readonly buffers: SendBuffers;
  readonly tls: TlsKeeper;
}

/** What it is stored in, and before that what a rule says it is to go out in. */
function proposedFor({ sopClassUid, transferSyntaxUid, changes }: Delivery): readonly StoredPair[] {
  const stored = { sopClassUid, transferSyntaxUid };
  const wanted = changes.transferSyntaxUid;
  return wanted === undefined ? [stored] : [{ sopClassUid, transferSyntaxUid: wanted }, stored];
}

/** The copy of an instance that its rule changes; undefined for one that goes out as it is stored. */
function copyToSend(
  { aeTitle, deidentification }: SenderOptions,
  reading: ReadingArchive,
  delivery: Delivery,
  transferSyntaxUid: string | undefined,
): Promise<CopyToSend> | undefined {
  if (isUnchanged(delivery.changes)) {
    return undefined;
  }
  const open = (wanted: string | undefined) => openArchivedFile(reading, delivery, wanted);
  const coercion = { system: aeTitle, source: delivery.origin?.callingAe ?? '' };
  return derive({ open, deidentification, coercion }, delivery, delivery.changes, transferSyntaxUid).then(
    ({ bytes, ...copy }) => ({
      ...copy,
      pieces: outgoing(bytes),
    }),
  );
}

async function* outgoing(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<OutgoingPiece, void, void> {
  for await (const piece of bytes) {
    yield { bytes: piece, last: false };
  }
  yield { bytes: new Uint8Array(0), last: true };
}

/** Sends deliveries to another DICOM node over one association; each is reported as soon as the peer has answered it. */
export async function sendToNode(
  options: SenderOptions,
  destination: DicomDestination,
  deliveries: readonly Delivery[],
  report: Report,
  { line, signal }: Outgoing,
): Promise<void> {
  const { limits } = options;
  const dialogue = await openDialogue({
    host: destination.host,
    port: destination.port,
    calledAe: destination.aeTitle,
    callingAe: destination.callingAe ?? options.aeTitle,
    contexts: proposalFor(deliveries.flatMap(proposedFor)).contexts,
    tls: options.tls.client(destination.tls),
    asynchronousOperations: { invoked: limits.openOperations, performed: 1 },
    pace: (bytes) => line.take(bytes, signal),
    limits: line.writeBytes === undefined ? limits : shortPdus(limits, line.writeBytes),
    call: { purpose: 'delivery', destination: destination.id, calls: options.calls },
    signal,
  });
  const stop = () => dialogue.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const archive = (request: Request) => options.archiveFetch(request);
    const { meter, buffers } = options;
    const reading = { archive, buffers, signal };
    const copyOf = (delivery: Delivery, syntax: string | undefined) => copyToSend(options, reading, delivery, syntax);
    const preferred = ({ changes }: Delivery) => changes.transferSyntaxUid;
    const wholeSeries = wholeSeriesOf(deliveries);
    await sendInstances(dialogue, { ...reading, meter, copyOf, preferred, wholeSeries }, deliveries, report);
    // Every delivery was answered: a node that ends in disorder has them all the same.
    await dialogue.release().catch(() => undefined);
  } finally {
    signal.removeEventListener('abort', stop);
    dialogue.abort();
  }
}

/** What is more urgent waits for one PDU at most. */
function shortPdus(limits: RouterLimits, bytes: number): RouterLimits {
  return { ...limits, pduBytes: Math.min(limits.pduBytes, bytes), sentPduBytes: Math.min(limits.sentPduBytes, bytes) };
}
