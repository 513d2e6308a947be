import type { Meter } from '@filmless/access';
import { inOrder } from '@filmless/disk';
import { COMMAND } from '../dimse/command-field.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import { describeStatus, isKept, isTransient } from '../dimse/status.ts';
import { messageOf, RouterError } from '../errors.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';
import { type ArchivedDataSet, openArchived, type ReadArchive } from './archive-reader.ts';

import { chooseContext } from './transfer-choice.ts';

/** What became of one instance. */
export type SendOutcome = Delivered | Undelivered;

interface Delivered {
  readonly kind: 'done';
  /** What the peer answered when that was not plain success: a warning, or that it had the instance. */
  readonly status?: number;
}

interface Undelivered {
  /** `again`: worth another try; `aside`: another try would fail alike, a person must look. */
  readonly kind: 'again' | 'aside';
  readonly problem: string;
  /** What the peer answered, when it did. */
  readonly status?: number;
  /** What the peer said of it. Not for the log: it may name a patient. */
  readonly comment?: string;
}

/** A dialogue as sending needs it. */
export interface StoreUser {
  readonly association: Pick<Association, 'contexts' | 'peer' | 'role' | 'window'>;
  readonly performOne: Dialogue['performOne'];
}

export interface SendOptions {
  /** WADO-RS of the archive, on behalf of whoever asked. */
  readonly archive: ReadArchive;
  readonly signal: AbortSignal;
  readonly meter: Meter;
  /** Who asked for it by C-MOVE. PS3.7 9.1.1.1. */
  readonly moveOriginator?: { readonly aeTitle: string; readonly messageId: number };
}

/**
 * Sends archived instances by C-STORE over one association. Each is reported once the peer has answered it, in their order, one
 * report at a time; one that fails alone does not hold up the others. The next is being read while the peer answers.
 * @throws RouterError when the association is over: what was not reported was not sent; and whatever `report` throws
 */
export async function sendInstances<Instance extends DeliveredInstance>(
  user: StoreUser,
  options: SendOptions,
  instances: AsyncIterable<Instance> | Iterable<Instance>,
  report: (instance: Instance, outcome: SendOutcome) => Promise<void>,
): Promise<void> {
  const contexts = contextsToSendIn(user.association);
  const ready = inOrder(instances, READ_AHEAD, (instance) => prepare(user, contexts, options, instance), discard);
  // One more than may be open waits in the dialogue, which sends it the sooner.
  const sent = inOrder(ready, Math.min(MOST_OPEN, user.association.window.ours) + 1, async ([instance, prepared]) => {
    const began = performance.now();
    const outcome = await transmit(user, options, instance, prepared);
    options.meter.observe('delivery', (performance.now() - began) / 1000);
    return [instance, outcome] as const;
  });
  let reported = Promise.resolve();
  const reports = inOrder(sent, 2, ([, [instance, outcome]]) => {
    reported = reported.then(() => report(instance, outcome));
    return reported;
  });
  for await (const _ of reports) {
    // A report is made while the next instance is under way.
  }
}

/** In a context both may have roles: whoever opened the association those that were agreed on, the other the reverse. PS3.7 D.3.3.4. */
function contextsToSendIn({ contexts, role }: StoreUser['association']): ReadonlyMap<number, AcceptedContext> {
  const usable = contexts.values().filter(({ roles }) => (role === 'requestor' ? roles.scu : roles.scp));
  return new Map(usable.map((context) => [context.id, context]));
}

/** C-STOREs open at a time, where the peer allows more. */
const MOST_OPEN = 16;

/** Instances whose first bytes are at hand before their turn: enough that the line is never idle for the archive. */
const READ_AHEAD = 2;

/** An instance that can be sent, or why it cannot. */
type Prepared = { readonly context: AcceptedContext; readonly archived: ArchivedDataSet } | Undelivered;

async function prepare(
  user: StoreUser,
  contexts: ReadonlyMap<number, AcceptedContext>,
  options: SendOptions,
  instance: DeliveredInstance,
): Promise<Prepared> {
  let stored = instance.transferSyntaxUid;
  try {
    for (;;) {
      const choice = chooseContext(contexts, instance.sopClassUid, stored);
      if (choice === undefined) {
        const syntax = `${instance.sopClassUid} in transfer syntax ${stored}, nor in any that can be made of it without loss`;
        return { kind: 'aside', problem: `${user.association.peer.calledAe} does not take SOP class ${syntax}` };
      }
      const archived = await openArchived(options.archive, instance, choice.transcode, options.signal);
      if (archived.transferSyntaxUid === (choice.transcode ?? stored)) {
        return { context: choice.context, archived };
      }
      await archived.close();
      if (choice.transcode !== undefined || stored !== instance.transferSyntaxUid) {
        throw new RouterError('archive', `the archive answered in transfer syntax ${archived.transferSyntaxUid}`);
      }
      // It was replaced since: it is chosen anew, for what is there now.
      stored = archived.transferSyntaxUid;
    }
  } catch (error) {
    const kind =
      error instanceof RouterError && (error.code === 'not-found' || error.code === 'not-acceptable') ? 'aside' : 'again';
    return { kind, problem: messageOf(error) };
  }
}

async function discard(prepared: Prepared): Promise<void> {
  if (!('kind' in prepared)) {
    await prepared.archived.close();
  }
}

const MEDIUM_PRIORITY = 0;

/** @throws RouterError when the association is over, which it is too when the data set broke off in the middle */
async function transmit(
  user: StoreUser,
  { moveOriginator }: SendOptions,
  { sopClassUid, sopInstanceUid }: DeliveredInstance,
  prepared: Prepared,
): Promise<SendOutcome> {
  if ('kind' in prepared) {
    return prepared;
  }
  try {
    const { status, comment } = await user.performOne(
      prepared.context,
      {
        AffectedSOPClassUID: sopClassUid,
        CommandField: COMMAND.cStoreRq,
        Priority: MEDIUM_PRIORITY,
        AffectedSOPInstanceUID: sopInstanceUid,
        ...(moveOriginator === undefined
          ? {}
          : {
              MoveOriginatorApplicationEntityTitle: moveOriginator.aeTitle,
              MoveOriginatorMessageID: moveOriginator.messageId,
            }),
      },
      prepared.archived.bytes,
    );
    return outcomeOf(status, comment);
  } catch (error) {
    throw error instanceof RouterError ? error : new RouterError('archive', messageOf(error), { cause: error });
  } finally {
    await prepared.archived.close();
  }
}

function outcomeOf(status: number, comment: string | undefined): SendOutcome {
  if (isKept(status)) {
    return status === 0 ? { kind: 'done' } : { kind: 'done', status };
  }
  const problem = `answered ${describeStatus(status)}`;
  return { kind: isTransient(status) ? 'again' : 'aside', problem, status, ...(comment === undefined ? {} : { comment }) };
}
