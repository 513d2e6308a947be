import type { Meter } from '@filmless/access';
import type { TlsKeeper } from '../aes/tls-keeper.ts';
import { WITH_DATA_SET } from '../dimse/command-set.ts';
import { perform } from '../dimse/user.ts';
import type { RouterLimits } from '../limits.ts';
import type { Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import type { Destination } from '../routing/destination.ts';
import type { Association } from '../ul/association.ts';
import { requestAssociation } from '../ul/requestor.ts';
import { proposalFor } from './proposals.ts';
import { type SendOutcome, type StoreUser, sendInstances } from './send-instances.ts';

export interface SenderOptions {
  readonly archiveFetch: ArchiveFetch;
  readonly aeTitle: string;
  readonly limits: RouterLimits;
  readonly meter: Meter;
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
  const association = await requestAssociation({
    host: destination.host,
    port: destination.port,
    calledAe: destination.aeTitle,
    callingAe: destination.callingAe ?? options.aeTitle,
    contexts: proposalFor(deliveries).contexts,
    tls: options.tls.client(destination.tls),
    limits: options.limits,
    signal,
  });
  const stop = () => association.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const archive = (request: Request) => options.archiveFetch(request);
    const user = storeUser(association, options.limits);
    await sendInstances(user, { archive, signal, meter: options.meter }, deliveries, report);
    // Every delivery was answered: a node that ends in disorder has them all the same.
    await association.release().catch(() => undefined);
  } finally {
    signal.removeEventListener('abort', stop);
    association.abort();
  }
}

/** One operation at a time. */
function storeUser(association: Association, limits: RouterLimits): StoreUser {
  let last = 0;
  return {
    association,
    performOne: async (context, operation, dataSet) => {
      last = (last % 0xffff) + 1;
      const command = { ...operation, MessageID: last, CommandDataSetType: WITH_DATA_SET };
      return { ...(await perform(association, limits, context, command, dataSet)), command };
    },
  };
}
