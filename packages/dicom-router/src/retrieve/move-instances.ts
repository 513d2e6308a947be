import { ArchivedInstances } from '../destinations/archived-instances.ts';
import { proposalFor } from '../destinations/proposals.ts';
import { type SendOutcome, sendInstances } from '../destinations/send-instances.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import { openDialogue } from '../dimse/open-dialogue.ts';
import type { ServiceRequest } from '../dimse/provider.ts';
import { messageOf, RouterError } from '../errors.ts';
import type { AskArchive } from '../query/search-archive.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import type { Called } from '../ul/call.ts';
import type { EarlyCall } from '../ul/early-call.ts';
import { CountsNowAndThen } from './counts-now-and-then.ts';
import type { MoveDestination } from './move.ts';
import type { RetrievalPlan } from './plan.ts';
import { type RetrieveContext, untilCancelled } from './retrieve-context.ts';
import { notSent, type SubOperations } from './sub-operations.ts';
import { Unreported } from './unreported.ts';

export interface Move {
  readonly destination: MoveDestination;
  readonly plan: RetrievalPlan;
  readonly operations: SubOperations;
  readonly archive: AskArchive;
  readonly wholeSeries: boolean;
  /** The destination, where it was called already. */
  readonly call: EarlyCall | undefined;
}

/** How the destination of a C-MOVE is called. */
export function calledAs({ tls, limits }: RetrieveContext, destination: MoveDestination, request: ServiceRequest): Called {
  const { host, port } = destination;
  return { host, port, tls: tls.client(destination.tls), limits, signal: request.cancelled };
}

/**
 * Sends what was planned over one association. When that breaks, the instance under way has failed and another association takes the
 * rest; when nothing at all goes through one, the rest has failed too.
 * @throws RouterError when the listing breaks off, or the association on which it was asked has ended
 */
export async function moveInstances(context: RetrieveContext, request: ServiceRequest, move: Move): Promise<void> {
  const instances = new Unreported(untilCancelled(move.plan, request));
  const counts = new CountsNowAndThen(
    (answer) => request.pending(answer),
    () => move.operations.pending(),
  );
  const report = async (instance: DeliveredInstance, outcome: SendOutcome) => {
    instances.reported();
    move.operations.note(instance, outcome);
    if (!request.cancelled.aborted) {
      await counts.changed();
    }
  };
  try {
    for (let problem: string | undefined; ; ) {
      const before = move.operations.counts.sent;
      problem = await sendOver(context, request, move, instances, report);
      if (problem === undefined || request.dialogue.over) {
        break;
      }
      const hopeless = move.operations.counts.sent === before;
      for await (const instance of hopeless ? instances.all() : instances.first()) {
        await report(instance, notSent(problem));
      }
      if (hopeless) {
        break;
      }
    }
    if (!request.dialogue.over && !request.cancelled.aborted) {
      await counts.end();
    }
  } finally {
    await instances.close();
  }
}

/** Sends as many as one association takes; gives why it ended when that was before all were sent. */
async function sendOver(
  context: RetrieveContext,
  request: ServiceRequest,
  move: Move,
  instances: Unreported<DeliveredInstance>,
  report: (instance: DeliveredInstance, outcome: SendOutcome) => Promise<void>,
): Promise<string | undefined> {
  const { plan, archive, wholeSeries } = move;
  if (plan.first === undefined || request.cancelled.aborted) {
    return undefined;
  }
  const { peer, command } = request;
  const reading = { archive, buffers: context.buffers };
  const archived = new ArchivedInstances(reading, wholeSeries);
  if (move.operations.counts.sent === 0) {
    archived.begin(plan.first);
  }
  let dialogue: Dialogue;
  try {
    dialogue = await openTo(context, request, move);
  } catch (error) {
    await archived.close();
    return request.cancelled.aborted ? undefined : messageOf(error);
  }
  const released = abortWithAsker(request, dialogue);
  try {
    const moveOriginator = { aeTitle: peer.callingAe, messageId: command.MessageID ?? 0 };
    const options = { ...reading, archived, cancelled: request.cancelled, meter: context.meter, moveOriginator };
    await sendInstances(dialogue, options, instances.all(), report);
    // Every instance was answered: a destination that ends in disorder has them all the same.
    await dialogue.release().catch(() => undefined);
    return undefined;
  } catch (error) {
    if (!dialogue.over) {
      throw error;
    }
    return messageOf(error);
  } finally {
    released();
    dialogue.abort();
  }
}

/** @throws RouterError as `openDialogue` */
async function openTo(context: RetrieveContext, request: ServiceRequest, { destination, plan, call }: Move): Promise<Dialogue> {
  const options = {
    ...calledAs(context, destination, request),
    calledAe: destination.title,
    callingAe: context.aeTitle,
    contexts: proposalFor(plan.pairs).contexts,
    asynchronousOperations: { invoked: context.limits.openOperations, performed: 1 },
    call: { purpose: 'move', calls: context.calls },
  } as const;
  const socket = call?.take();
  try {
    return await openDialogue({ ...options, socket });
  } catch (error) {
    // It may have hung up while nothing was said.
    const isEarly = socket !== undefined && error instanceof RouterError && error.code === 'closed';
    if (isEarly && !request.cancelled.aborted) {
      return await openDialogue(options);
    }
    throw error;
  }
}

/** A cancelled move finishes what is under way, but not for somebody who is gone. */
function abortWithAsker({ dialogue: { ended } }: ServiceRequest, dialogue: Dialogue): () => void {
  const abort = () => dialogue.abort();
  ended.addEventListener('abort', abort, { once: true });
  if (ended.aborted) {
    abort();
  }
  return () => ended.removeEventListener('abort', abort);
}
