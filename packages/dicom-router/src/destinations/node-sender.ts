import type { Meter } from '@filmless/access';
import { describeStatus, isKept, isTransient } from '../dimse/status.ts';
import { store } from '../dimse/store.ts';
import type { OperationResult } from '../dimse/user.ts';
import { messageOf, RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { Delivery } from '../records/deliveries.ts';
import type { ArchiveFetch } from '../router.ts';
import type { Destination } from '../routing/destination.ts';
import type { Association } from '../ul/association.ts';
import type { ProposedContext } from '../ul/pdu/model.ts';
import { requestAssociation } from '../ul/requestor.ts';
import { readArchived } from './archive-reader.ts';

/** What became of one delivery. */
export type SendOutcome = { readonly kind: 'done' } | Undelivered;

interface Undelivered {
  /** `again`: worth another try; `aside`: another try would fail alike, a person must look. */
  readonly kind: 'again' | 'aside';
  readonly problem: string;
  /** What the peer said of it. Not for the log: it may name a patient. */
  readonly comment?: string;
}

export interface SenderOptions {
  readonly archiveFetch: ArchiveFetch;
  readonly aeTitle: string;
  readonly limits: RouterLimits;
  readonly meter: Meter;
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
    contexts: proposals(deliveries),
    limits: options.limits,
    signal,
  });
  const stop = () => association.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (const [index, delivery] of deliveries.entries()) {
      const began = performance.now();
      const outcome = await sendOne(options, association, delivery, (index % 0xffff) + 1, signal);
      options.meter.observe('delivery', (performance.now() - began) / 1000);
      await report(delivery, outcome);
    }
    // Every delivery was answered: a node that ends in disorder has them all the same.
    await association.release().catch(() => undefined);
  } finally {
    signal.removeEventListener('abort', stop);
    association.abort();
  }
}

/** One context for each pair of SOP class and stored syntax: what is sent is what is stored. */
function proposals(deliveries: readonly Delivery[]): readonly ProposedContext[] {
  const pairs = new Map(deliveries.map((delivery) => [`${delivery.sopClassUid} ${delivery.transferSyntaxUid}`, delivery]));
  return [...pairs.values()].slice(0, 128).map(({ sopClassUid, transferSyntaxUid }, index) => ({
    id: 2 * index + 1,
    abstractSyntax: sopClassUid,
    transferSyntaxes: [transferSyntaxUid],
  }));
}

/** @throws RouterError when the association is over */
async function sendOne(
  options: SenderOptions,
  association: Association,
  delivery: Delivery,
  messageId: number,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const bytes = readArchived(options.archiveFetch, delivery, signal);
  try {
    // The first piece tells whether the archive has the instance, before anything is sent.
    const first = await bytes.next();
    const dataSet = resumed(first, bytes);
    const { sopClassUid, sopInstanceUid, transferSyntaxUid } = delivery;
    const result = await store(association, options.limits, {
      messageId,
      sopClassUid,
      sopInstanceUid,
      transferSyntaxUid,
      dataSet,
    });
    return outcomeOf(result);
  } catch (error) {
    if (error instanceof RouterError && (error.code === 'context-refused' || error.code === 'not-found')) {
      return { kind: 'aside', problem: error.message };
    }
    throw error instanceof RouterError ? error : new RouterError('archive', messageOf(error), { cause: error });
  } finally {
    await bytes.return();
  }
}

async function* resumed(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  if (first.done !== true) {
    yield first.value;
    yield* rest;
  }
}

function outcomeOf({ status, comment }: OperationResult): SendOutcome {
  if (isKept(status)) {
    return { kind: 'done' };
  }
  const problem = `answered ${describeStatus(status)}`;
  return { kind: isTransient(status) ? 'again' : 'aside', problem, ...(comment === undefined ? {} : { comment }) };
}
