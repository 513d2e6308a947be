import type { Meter } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import type { Calls } from '../calls.ts';
import { openDialogue } from '../dimse/open-dialogue.ts';
import type { RouterLimits } from '../limits.ts';
import type { Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import type { DicomDestination } from '../routing/destination.ts';
import { proposalFor } from './proposals.ts';
import { sendInstances } from './send-instances.ts';
import type { TlsKeeper } from './tls-keeper.ts';
import type { Outgoing, Report } from './transport.ts';

export interface SenderOptions {
  readonly archiveFetch: ArchiveFetch;
  readonly aeTitle: string;
  readonly calls: Calls;
  readonly limits: RouterLimits;
  readonly meter: Meter;
  readonly buffers: SendBuffers;
  readonly tls: TlsKeeper;
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
    contexts: proposalFor(deliveries).contexts,
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
    await sendInstances(dialogue, { archive, signal, meter: options.meter, buffers: options.buffers }, deliveries, report);
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
