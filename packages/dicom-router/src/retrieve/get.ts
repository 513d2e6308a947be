import { sendInstances } from '../destinations/send-instances.ts';
import { COMMAND } from '../dimse/command-field.ts';
import type { Answer, Service, ServiceRequest } from '../dimse/provider.ts';
import { GET_MODELS } from '../query/information-model.ts';
import { refusalOf } from '../query/refusal.ts';
import { LatePending } from './late-pending.ts';
import {
  auditRetrieval,
  openRetrieval,
  planOrAnswer,
  type Retrieval,
  type RetrieveContext,
  untilCancelled,
} from './retrieve-context.ts';
import { SubOperations } from './sub-operations.ts';

/** C-GET as SCP: the instances come by C-STORE on the association it is asked on. PS3.4 C.4.3. */
export function getService(context: RetrieveContext): Service {
  return {
    commandField: COMMAND.cGetRq,
    supports: (abstractSyntax) => GET_MODELS.has(abstractSyntax),
    handle: async (request) => {
      const retrieval = await openRetrieval(context, request, GET_MODELS);
      return 'status' in retrieval ? retrieval : await get(context, request, retrieval);
    },
  };
}

async function get(context: RetrieveContext, request: ServiceRequest, retrieval: Retrieval): Promise<Answer> {
  const { dialogue, cancelled } = request;
  const plan = await planOrAnswer(context.limits, retrieval, request);
  if ('status' in plan) {
    return plan;
  }
  const operations = new SubOperations(plan.total, context.limits);
  const options = {
    archive: retrieval.archive,
    buffers: context.buffers,
    wholeSeries: retrieval.wholeSeries,
    cancelled,
    meter: context.meter,
  };
  const counts = new LatePending(request);
  try {
    await sendInstances(dialogue, options, untilCancelled(plan, request), async (instance, outcome) => {
      operations.note(instance, outcome);
      await counts.next(operations.pending());
    });
    await counts.end();
    return operations.final(request.context, cancelled.aborted);
  } catch (error) {
    if (dialogue.over) {
      throw error;
    }
    // The listing broke off: what was not listed is neither sent nor known by name.
    const { elements = {} } = operations.pending();
    return { ...refusalOf(error, 'unableToPerformSuboperations'), elements };
  } finally {
    counts.stop();
    auditRetrieval(context, retrieval.caller, 'C-GET', operations);
  }
}
