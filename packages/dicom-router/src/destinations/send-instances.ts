import type { Meter } from '@filmless/access';
import { inOrder } from '@filmless/disk';
import { COMMAND } from '../dimse/command-field.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import { describeStatus, isKept, isTransient } from '../dimse/status.ts';
import { messageOf, RouterError, type RouterErrorCode } from '../errors.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import type { AcceptedContext, Association } from '../ul/association.ts';
import type { InstanceName, ReadingArchive } from './archive-reader.ts';
import type { ArchivedDataSet } from './archived-data-set.ts';
import { ArchivedInstances } from './archived-instances.ts';
import { contextChoices } from './transfer-choice.ts';

/** What became of one instance. */
export type SendOutcome = Delivered | Undelivered;

interface Delivered {
  readonly kind: 'done';
  /** Of the copy that arrived, where it has a UID of its own. */
  readonly copyUid?: string;
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

/** A changed copy of an instance, which may have a UID of its own. */
export type CopyToSend = Omit<ArchivedDataSet, 'fileMeta'> & Pick<DeliveredInstance, 'sopInstanceUid'>;

export interface SendOptions<Instance extends DeliveredInstance = DeliveredInstance> extends ReadingArchive {
  /** The instances, or those it is true of, are whole series in the archive's order. */
  readonly wholeSeries?: boolean | ((instance: InstanceName) => boolean);
  /** Begun already; closed once all is sent. */
  readonly archived?: ArchivedInstances;
  /** No further instance is begun; those under way still go out and are reported. */
  readonly cancelled?: AbortSignal;
  readonly meter: Meter;
  /** Opens what goes out in the place of an instance, in the given transfer syntax or its own; undefined for what goes out as it is stored. */
  readonly copyOf?: (instance: Instance, transferSyntaxUid: string | undefined) => Promise<CopyToSend> | undefined;
  /** The transfer syntax it is to go out in where the peer takes that. */
  readonly preferred?: (instance: Instance) => string | undefined;
  /** Who asked for it by C-MOVE. PS3.7 9.1.1.1. */
  readonly moveOriginator?: { readonly aeTitle: string; readonly messageId: number };
}

/**
 * Sends archived instances by C-STORE over one association. Each is reported once the peer has answered it, in their order, one
 * report at a time; one that fails alone does not hold up the others. The next is being read while the peer answers.
 * @throws RouterError when the association is over: whether what was not reported has arrived is not known; and whatever `report` throws
 */
export async function sendInstances<Instance extends DeliveredInstance>(
  user: StoreUser,
  options: SendOptions<Instance>,
  instances: AsyncIterable<Instance> | Iterable<Instance>,
  report: (instance: Instance, outcome: SendOutcome) => Promise<void>,
): Promise<void> {
  const contexts = contextsToSendIn(user.association);
  const archived = options.archived ?? new ArchivedInstances(options, options.wholeSeries ?? false);
  const ready = inOrder(instances, READ_AHEAD, (instance) => prepare(user, contexts, options, archived, instance), discard);
  // One more than may be open waits in the dialogue, which sends it the sooner.
  const wanted = untilCancelled(ready, options.cancelled);
  const sent = inOrder(wanted, user.association.window.ours + 1, async ([instance, prepared]) => {
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
  try {
    for await (const _ of reports) {
      // A report is made while the next instance is under way.
    }
  } finally {
    await archived.close();
  }
}

async function* untilCancelled<Instance>(
  ready: AsyncIterable<readonly [Instance, Prepared]>,
  cancelled: AbortSignal | undefined,
): AsyncGenerator<readonly [Instance, Prepared], void, void> {
  for await (const item of ready) {
    if (cancelled?.aborted === true) {
      await discard(item[1]);
      return;
    }
    yield item;
  }
}

/** In a context both may have roles: whoever opened the association those that were agreed on, the other the reverse. PS3.7 D.3.3.4. */
function contextsToSendIn({ contexts, role }: StoreUser['association']): ReadonlyMap<number, AcceptedContext> {
  const usable = contexts.values().filter(({ roles }) => (role === 'requestor' ? roles.scu : roles.scp));
  return new Map(usable.map((context) => [context.id, context]));
}

/** Instances whose first bytes are at hand before their turn: enough that the line is never idle for the archive. */
const READ_AHEAD = 2;

/** An instance that can be sent, or why it cannot. */
type Prepared =
  | { readonly context: AcceptedContext; readonly archived: Omit<ArchivedDataSet, 'fileMeta'> | CopyToSend }
  | Undelivered;

/** Another try would fail alike. */
const FINAL: ReadonlySet<RouterErrorCode> = new Set<RouterErrorCode>(['not-found', 'not-acceptable', 'not-derivable']);

async function prepare<Instance extends DeliveredInstance>(
  user: StoreUser,
  contexts: ReadonlyMap<number, AcceptedContext>,
  options: SendOptions<Instance>,
  archived: ArchivedInstances,
  instance: Instance,
): Promise<Prepared> {
  const { calledAe } = user.association.peer;
  try {
    const opened = await openIn(contexts, options, archived, instance, instance.transferSyntaxUid);
    // It was replaced since it was queued: then it is chosen anew, for what is there now.
    const prepared = typeof opened === 'string' ? await openIn(contexts, options, archived, instance, opened) : opened;
    if (prepared === undefined) {
      const syntax = `${instance.sopClassUid} in transfer syntax ${instance.transferSyntaxUid}, nor in any that can be made of it without loss`;
      return { kind: 'aside', problem: `${calledAe} does not take SOP class ${syntax}` };
    }
    return typeof prepared === 'string'
      ? { kind: 'again', problem: `the archive answered in transfer syntax ${prepared}` }
      : prepared;
  } catch (error) {
    const kind = error instanceof RouterError && FINAL.has(error.code) ? 'aside' : 'again';
    return { kind, problem: messageOf(error) };
  }
}

/**
 * Opens it in the first of the accepted transfer syntaxes that the archive can give. Undefined when none was accepted; a transfer syntax
 * when it is stored in another than was said.
 * @throws RouterError `not-found`, `not-acceptable` when it can be had in none of them, `archive`
 */
async function openIn<Instance extends DeliveredInstance>(
  contexts: ReadonlyMap<number, AcceptedContext>,
  options: SendOptions<Instance>,
  instances: ArchivedInstances,
  instance: Instance,
  stored: string,
): Promise<Prepared | string | undefined> {
  let refusal: RouterError | undefined;
  const { copyOf, preferred } = options;
  for (const { context, transcode } of contextChoices(contexts, instance.sopClassUid, stored, preferred?.(instance))) {
    try {
      const archived = await (copyOf?.(instance, transcode) ?? instances.open(instance, transcode));
      if (archived.transferSyntaxUid === (transcode ?? stored)) {
        return { context, archived };
      }
      await archived.close();
      return archived.transferSyntaxUid;
    } catch (error) {
      if (!(error instanceof RouterError) || error.code !== 'not-acceptable') {
        throw error;
      }
      refusal = error;
    }
  }
  if (refusal !== undefined) {
    throw refusal;
  }
  return undefined;
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
  { moveOriginator }: Pick<SendOptions, 'moveOriginator'>,
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
        AffectedSOPInstanceUID: copyUidOf(prepared.archived) ?? sopInstanceUid,
        ...(moveOriginator === undefined
          ? {}
          : {
              MoveOriginatorApplicationEntityTitle: moveOriginator.aeTitle,
              MoveOriginatorMessageID: moveOriginator.messageId,
            }),
      },
      prepared.archived.pieces,
    );
    const outcome = outcomeOf(status, comment);
    const copyUid = copyUidOf(prepared.archived);
    return outcome.kind === 'done' && copyUid !== undefined && copyUid !== sopInstanceUid ? { ...outcome, copyUid } : outcome;
  } catch (error) {
    throw error instanceof RouterError ? error : new RouterError('archive', messageOf(error), { cause: error });
  } finally {
    await prepared.archived.close();
  }
}

function copyUidOf(archived: Omit<ArchivedDataSet, 'fileMeta'> | CopyToSend): string | undefined {
  return 'sopInstanceUid' in archived ? archived.sopInstanceUid : undefined;
}

function outcomeOf(status: number, comment: string | undefined): SendOutcome {
  if (isKept(status)) {
    return status === 0 ? { kind: 'done' } : { kind: 'done', status };
  }
  const problem = `answered ${describeStatus(status)}`;
  return { kind: isTransient(status) ? 'again' : 'aside', problem, status, ...(comment === undefined ? {} : { comment }) };
}
