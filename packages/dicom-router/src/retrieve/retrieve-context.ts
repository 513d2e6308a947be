import type { Meter } from '@filmless/access';
import type { SendBuffers } from '@filmless/dicom';
import { onBehalfOf } from '../aes/on-behalf.ts';
import type { Calls } from '../calls.ts';
import type { TlsKeeper } from '../destinations/tls-keeper.ts';
import type { Answer, ServiceRequest } from '../dimse/provider.ts';
import type { QueryContext } from '../query/find.ts';
import type { InformationModel } from '../query/information-model.ts';
import { readIdentifier } from '../query/read-identifier.ts';
import { isOver, refusalOf } from '../query/refusal.ts';
import type { AskArchive } from '../query/search-archive.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';
import type { OnBehalf } from '../router.ts';
import { type PlanLimits, planRetrieval, type RetrievalPlan } from './plan.ts';
import { instanceUrls } from './selection.ts';
import type { SubOperations } from './sub-operations.ts';

/** What C-MOVE and C-GET work with. */
export interface RetrieveContext extends QueryContext {
  readonly calls: Calls;
  readonly meter: Meter;
  readonly buffers: SendBuffers;
  readonly tls: TlsKeeper;
}

/** A retrieval whose identifier was read and whose caller may retrieve. */
export interface Retrieval {
  readonly caller: OnBehalf;
  readonly archive: AskArchive;
  /** Listings of what it names. */
  readonly urls: readonly string[];
  /** It names no single instances. */
  readonly wholeSeries: boolean;
}

/** What the peer may retrieve and asks for, or the answer that refuses it. @throws RouterError what ends the association */
export async function openRetrieval(
  context: RetrieveContext,
  request: ServiceRequest,
  models: ReadonlyMap<string, InformationModel>,
): Promise<Retrieval | Answer> {
  const { callingAe } = request.peer;
  const caller = onBehalfOf(context.aes, request.peer);
  if (!context.aes.rights(callingAe).may.includes('retrieve')) {
    context.audit.retrieve(caller, { outcome: 'refused', detail: 'it may not retrieve' });
    return { status: 'notAuthorized', comment: `${callingAe} may not retrieve here` };
  }
  try {
    const identifier = await readIdentifier(context, request, models);
    const urls = instanceUrls(identifier, context.limits.searchUids);
    const wholeSeries = identifier.level !== 'IMAGE';
    return { caller, urls, wholeSeries, archive: (asked) => context.archiveFetch(asked, caller) };
  } catch (error) {
    if (isOver(error, request)) {
      throw error;
    }
    return refusalOf(error);
  }
}

/** Counts what is to go out, or the answer that says why it cannot be counted. */
export async function planOrAnswer(
  limits: PlanLimits,
  { archive, urls }: Pick<Retrieval, 'archive' | 'urls'>,
  request: ServiceRequest,
): Promise<RetrievalPlan | Answer> {
  try {
    return await planRetrieval(archive, urls, limits, request.cancelled);
  } catch (error) {
    if (request.dialogue.over) {
      throw error;
    }
    return request.cancelled.aborted ? { status: 'cancelled' } : refusalOf(error, 'unableToCalculateMatches');
  }
}

/** The instances of a plan until the operation is cancelled. */
export async function* untilCancelled(
  plan: RetrievalPlan,
  { cancelled }: ServiceRequest,
): AsyncGenerator<DeliveredInstance, void, void> {
  for await (const instance of plan.instances()) {
    if (cancelled.aborted) {
      return;
    }
    yield instance;
  }
}

/** Writes what went out: a line for each study. */
export function auditRetrieval({ audit }: RetrieveContext, caller: OnBehalf, how: string, operations: SubOperations): void {
  for (const [studyInstanceUid, { sent, failed }] of operations.studies) {
    const detail = `${how}: ${sent} instances sent${failed === 0 ? '' : `, ${failed} failed`}`;
    audit.retrieve(caller, { outcome: sent === 0 ? 'failed' : 'success', studyInstanceUid, detail });
  }
}
