import type { AeConfig } from '../aes/ae-config.ts';
import { COMMAND } from '../dimse/command-field.ts';
import type { Answer, Service, ServiceRequest } from '../dimse/provider.ts';
import { messageOf } from '../errors.ts';
import { MOVE_MODELS } from '../query/information-model.ts';
import { refusalOf } from '../query/refusal.ts';
import { EarlyCall } from '../ul/early-call.ts';
import { calledAs, moveInstances } from './move-instances.ts';
import type { RetrievalPlan } from './plan.ts';
import { auditRetrieval, openRetrieval, planOrAnswer, type Retrieval, type RetrieveContext } from './retrieve-context.ts';
import { SubOperations } from './sub-operations.ts';

/** An entity that can be called. */
export type MoveDestination = AeConfig & Required<Pick<AeConfig, 'host' | 'port'>>;

/** C-MOVE as SCP: the instances go by C-STORE to another entity, which must be known here. PS3.4 C.4.2. */
export function moveService(context: RetrieveContext): Service {
  return {
    commandField: COMMAND.cMoveRq,
    supports: (abstractSyntax) => MOVE_MODELS.has(abstractSyntax),
    handle: async (request) => {
      const retrieval = await openRetrieval(context, request, MOVE_MODELS);
      return 'status' in retrieval ? retrieval : await move(context, request, retrieval);
    },
  };
}

async function move(context: RetrieveContext, request: ServiceRequest, retrieval: Retrieval): Promise<Answer> {
  const { caller } = retrieval;
  const title = request.command.MoveDestination ?? '';
  const destination = destinationOf(context.aes.find(title));
  if (destination === undefined) {
    const detail = `C-MOVE to ${JSON.stringify(title)}: not known here, or without an address`;
    context.audit.retrieve(caller, { outcome: 'refused', detail });
    return unknown(title);
  }
  using call = callEarly(context, destination, retrieval, request);
  const plan = await planOrAnswer(context.limits, retrieval, request);
  if ('status' in plan) {
    return plan;
  }
  if (!(await mayHave(context, destination, plan, retrieval, request))) {
    const detail = `C-MOVE to ${title}: it belongs to facility ${destination.facility}, which may not see all of it`;
    context.audit.retrieve(caller, { outcome: 'refused', detail });
    return unknown(title);
  }
  const operations = new SubOperations(plan.total, context.limits);
  try {
    await moveInstances(context, request, { ...retrieval, destination, plan, operations, call });
    return operations.final(request.context, request.cancelled.aborted);
  } catch (error) {
    if (request.dialogue.over) {
      throw error;
    }
    // The listing broke off: what was not listed is neither sent nor known by name.
    const { elements = {} } = operations.pending();
    return { ...refusalOf(error, 'unableToPerformSuboperations'), problem: messageOf(error), elements };
  } finally {
    auditRetrieval(context, caller, `C-MOVE to ${title}`, operations);
  }
}

/** NOTE: one of another facility hears nothing before it is known that it may have what is asked for. */
function callEarly(
  context: RetrieveContext,
  destination: MoveDestination,
  { caller }: Retrieval,
  request: ServiceRequest,
): EarlyCall | undefined {
  return destination.facility === caller.facility ? new EarlyCall(calledAs(context, destination, request)) : undefined;
}

/** NOTE: the same for a destination of another facility: that it exists is none of the caller's business. */
function unknown(title: string): Answer {
  return {
    status: 'moveDestinationUnknown',
    comment: `${JSON.stringify(title)} is no destination here for these images`,
    finding: { cause: 'move-destination-unknown', facts: { destination: title } },
  };
}

function destinationOf(ae: AeConfig | undefined): MoveDestination | undefined {
  const { host, port } = ae ?? {};
  return ae === undefined || host === undefined || port === undefined ? undefined : { ...ae, host, port };
}

/** Whether everything may go to the destination: it is of the caller's facility, or all of it is shared with its own. */
async function mayHave(
  { archiveFetch, limits }: RetrieveContext,
  destination: MoveDestination,
  plan: RetrievalPlan,
  { caller, urls }: Retrieval,
  request: ServiceRequest,
): Promise<boolean> {
  if (destination.facility === caller.facility || plan.total === 0) {
    return true;
  }
  const other = { aeTitle: destination.title, facility: destination.facility };
  const seen = await planOrAnswer(limits, { urls, archive: (asked) => archiveFetch(asked, other) }, request);
  return 'total' in seen && seen.total === plan.total;
}
