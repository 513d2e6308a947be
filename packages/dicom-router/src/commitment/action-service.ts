import type { AeDirectory } from '../aes/ae-directory.ts';
import { onBehalfOf } from '../aes/on-behalf.ts';
import { COMMAND } from '../dimse/command-field.ts';
import type { Answer, Service, ServiceRequest } from '../dimse/provider.ts';
import { readOperation } from '../dimse/read-operation.ts';
import { RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import type { Commitments } from './commitments.ts';
import { type Invalid, parseRequest, type RequestedCommitment } from './data-sets.ts';
import { REQUEST_ACTION, STORAGE_COMMITMENT_INSTANCE, STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

export interface ActionContext {
  readonly aes: Pick<AeDirectory, 'rights'>;
  readonly commitments: Pick<Commitments, 'keep' | 'reportHere'>;
  readonly limits: RouterLimits;
}

/** N-ACTION of storage commitment as SCP: kept before it is answered, reported afterwards. PS3.4 J.3.2. */
export function actionService(context: ActionContext): Service {
  const kept = new WeakMap<ServiceRequest, number>();
  return {
    commandField: COMMAND.nActionRq,
    supports: (abstractSyntax) => abstractSyntax === STORAGE_COMMITMENT_SOP_CLASS,
    handle: async (request) => {
      const refusal = refusalOf(context, request);
      if (refusal !== undefined) {
        return refusal;
      }
      const asked = await readRequest(context, request);
      if ('invalid' in asked) {
        return { status: 'invalidArgumentValue', comment: asked.invalid };
      }
      const id = await context.commitments.keep({
        ...onBehalfOf(context.aes, request.peer),
        address: request.peer.address,
        ...asked,
      });
      if (id === undefined) {
        return { status: 'resourceLimitation', comment: 'too many reports that nobody took are open: ask later' };
      }
      kept.set(request, id);
      return { status: 'success', elements: { ActionTypeID: REQUEST_ACTION } };
    },
    after: async (request) => {
      const id = kept.get(request);
      if (id !== undefined) {
        await context.commitments.reportHere(id, request.dialogue, request.context);
      }
    },
  };
}

function refusalOf({ aes }: ActionContext, { peer, command, dataSet }: ServiceRequest): Answer | undefined {
  const { listed, may } = aes.rights(peer.callingAe);
  if (!listed || !may.includes('store')) {
    return { status: 'notAuthorized', comment: `${peer.callingAe} is not listed here as one that may store` };
  }
  if (command.RequestedSOPInstanceUID !== STORAGE_COMMITMENT_INSTANCE) {
    return { status: 'noSuchSopInstance', comment: `requests are made to ${STORAGE_COMMITMENT_INSTANCE}` };
  }
  if (command.ActionTypeID !== REQUEST_ACTION) {
    return { status: 'noSuchActionType', comment: 'storage commitment has action type 1 alone' };
  }
  return dataSet === undefined ? { status: 'invalidArgumentValue', comment: 'the request names no instances' } : undefined;
}

async function readRequest({ limits }: ActionContext, request: ServiceRequest): Promise<RequestedCommitment | Invalid> {
  const reading = { named: 'the data set', maxBytes: limits.commitmentBytes };
  try {
    return parseRequest(await readOperation(request, reading), limits.commitmentInstances);
  } catch (error) {
    if (error instanceof RouterError && error.code === 'invalid-request') {
      return { invalid: error.message };
    }
    throw error;
  }
}
