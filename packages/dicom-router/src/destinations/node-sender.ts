import type { Meter } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import { openDialogue } from '../dimse/open-dialogue.ts';
import type { RouterLimits } from '../limits.ts';
import type { Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import type { Destination } from '../routing/destination.ts';
import { proposalFor } from './proposals.ts';
import { type SendOutcome, sendInstances } from './send-instances.ts';
import type { TlsKeeper } from './tls-keeper.ts';

export interface SenderOptions {
  readonly archiveFetch: ArchiveFetch;
  readonly aeTitle: string;
  readonly limits: RouterLimits;
  readonly meter: Meter;
  readonly buffers: SendBuffers;
  readonly tls: TlsKeeper;
}

/** Sends deliveries to another DICOM node over one association; each is reported as soon as the peer has answered it. */
export async function sendToNode(
  options: SenderOptions,
  destination: Destination,
  deliveries: readonly Delivery[],
  report: (delivery: Delivery, outcome: SendOutcome) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const dialogue = await openDialogue({
    host: destination.host,
    port: destination.port,
    calledAe: destination.aeTitle,
    callingAe: destination.callingAe ?? options.aeTitle,
    contexts: proposalFor(deliveries).contexts,
    tls: options.tls.client(destination.tls),
    asynchronousOperations: { invoked: options.limits.openOperations, performed: 1 },
    limits: options.limits,
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
