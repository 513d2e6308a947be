import type { Facility } from '@filmless/access';
import { type DataSet, type MutableDataSet, matchesAll, parseDateRange, TAG } from '@filmless/dicom';
import type { WorklistSettings } from '../aes/ae-config.ts';
import type { AeDirectory } from '../aes/ae-directory.ts';
import { onBehalfOf } from '../aes/on-behalf.ts';
import type { Clock } from '../destinations/clock.ts';
import { COMMAND } from '../dimse/command-field.ts';
import { GatheredAnswers } from '../dimse/gathered-answers.ts';
import type { Answer, Service, ServiceRequest } from '../dimse/provider.ts';
import { readOperation } from '../dimse/read-operation.ts';
import type { RouterLimits } from '../limits.ts';
import { encodeAnswer, inPlainLetters } from '../query/answer.ts';
import { characterSetsOf } from '../query/identifier.ts';
import type { QueryAudit } from '../query/query-audit.ts';
import { refusalOf } from '../query/refusal.ts';
import type { ArchiveFetch, OnBehalf } from '../router.ts';
import { SHAPE, worklistItem } from './item.ts';
import { beginsWithin, keyText, parseKeys, type WorklistKeys } from './keys.ts';
import type { WorklistOrder, WorklistStep } from './order.ts';
import { openOrders } from './orders.ts';
import { isShown, type OrderFilter, orderFilter } from './scope.ts';
import { select } from './selection.ts';
import { MODALITY_WORKLIST_SOP_CLASS } from './sop-class.ts';

export interface WorklistContext {
  readonly archiveFetch: ArchiveFetch;
  readonly aes: Pick<AeDirectory, 'rights'>;
  readonly facilities: () => readonly Facility[];
  readonly audit: Pick<QueryAudit, 'query'>;
  readonly clock: Clock;
  readonly limits: RouterLimits;
}

/** What one request asks for, and whom it comes from. */
interface Asking {
  readonly caller: OnBehalf;
  readonly identifier: DataSet;
  readonly keys: WorklistKeys;
  readonly settings: WorklistSettings;
  readonly filter: OrderFilter;
  readonly anyStation: string;
}

/** C-FIND of the Modality Worklist, out of the orders of the archive. PS3.4 K. */
export function worklistService(context: WorklistContext): Service {
  return {
    commandField: COMMAND.cFindRq,
    supports: (abstractSyntax) => abstractSyntax === MODALITY_WORKLIST_SOP_CLASS,
    handle: (request) => find(context, request),
  };
}

async function find(context: WorklistContext, request: ServiceRequest): Promise<Answer> {
  const { peer, cancelled, dialogue } = request;
  const caller = onBehalfOf(context.aes, peer);
  if (!context.aes.rights(peer.callingAe).may.includes('query')) {
    context.audit.query(caller, { outcome: 'refused', detail: 'worklist: it may not query' });
    return { status: 'notAuthorized', comment: `${peer.callingAe} may not query here` };
  }
  try {
    return await answerAll(context, request, caller);
  } catch (error) {
    if (dialogue.over) {
      throw error;
    }
    return cancelled.aborted ? { status: 'cancelled' } : refusalOf(error);
  }
}

async function answerAll(context: WorklistContext, request: ServiceRequest, caller: OnBehalf): Promise<Answer> {
  const { cancelled } = request;
  const identifier = await readKeys(context, request);
  const asking = askingOf(context, caller, identifier);
  const { asciiNames = false } = context.aes.rights(caller.aeTitle).settings;
  const characterSets = characterSetsOf(identifier, context.aes.rights(caller.aeTitle).settings.charsetIn);
  const answers = new GatheredAnswers(request);
  let found = 0;
  try {
    if (asking !== undefined) {
      for await (const item of items(context, asking, cancelled)) {
        if (cancelled.aborted) {
          break;
        }
        const status = asking.keys.unsupported ? 'pendingWarning' : 'pending';
        const answer = answerOf(item, identifier, asciiNames, characterSets);
        found += 1;
        if (answers.add({ status, dataSet: encodeAnswer(answer, request.context) })) {
          await answers.send();
        }
      }
    }
    return { status: cancelled.aborted ? 'cancelled' : 'success', before: answers.take() };
  } finally {
    context.audit.query(caller, { outcome: 'success', detail: `worklist: ${found} found` });
  }
}

/** @throws RouterError `invalid-request` */
function readKeys({ aes, limits }: WorklistContext, request: ServiceRequest): Promise<DataSet> {
  const { charsetIn } = aes.rights(request.peer.callingAe).settings;
  return readOperation(request, { named: 'the identifier', maxBytes: limits.identifierBytes, charsetIn });
}

/** Undefined when the entity is shown nothing of what it asks for. @throws RouterError `invalid-request` */
function askingOf(context: WorklistContext, caller: OnBehalf, identifier: DataSet): Asking | undefined {
  const keys = parseKeys(identifier, SHAPE);
  const settings = context.aes.rights(caller.aeTitle).settings.worklist ?? {};
  const station = keyText(identifier, TAG.ScheduledStationAETitle, 'step');
  const asked = {
    station,
    modality: keyText(identifier, TAG.Modality, 'step'),
    accessionNumber: keyText(identifier, TAG.AccessionNumber),
    patientId: keyText(identifier, TAG.PatientID),
    dates: parseDateRange('DA', keyText(identifier, TAG.ScheduledProcedureStepStartDate, 'step')) ?? {},
  };
  const filter = orderFilter(asked, settings, localDay(context.clock.now()));
  const anyStation = station === '' || /[*?\\]/.test(station) ? caller.aeTitle : station;
  return filter === undefined ? undefined : { caller, identifier, keys, settings, filter, anyStation };
}

/** The items that match: what is urgent first, then by when it begins, as far as so many can be put in order at a time. */
async function* items(context: WorklistContext, asking: Asking, signal: AbortSignal): AsyncGenerator<DataSet, void, void> {
  const { archiveFetch, limits } = context;
  let batch: Ranked[] = [];
  for await (const orders of openOrders(archiveFetch, asking.caller, asking.filter, limits.ordersPage, signal)) {
    batch.push(...orders.flatMap((order) => matching(context, order, asking)));
    if (batch.length >= limits.sortedItems) {
      yield* inOrder(batch);
      batch = [];
    }
  }
  yield* inOrder(batch);
}

interface Ranked {
  readonly rank: string;
  readonly item: DataSet;
}

const PRIORITY_RANKS: Readonly<Record<string, number>> = { STAT: 0, HIGH: 1 };

function* inOrder(batch: readonly Ranked[]): Generator<DataSet, void, void> {
  for (const { item } of batch.toSorted((one, other) => (one.rank < other.rank ? -1 : Number(one.rank > other.rank)))) {
    yield item;
  }
}

function matching(context: WorklistContext, order: WorklistOrder, asking: Asking): readonly Ranked[] {
  const { keys, settings, filter, caller, anyStation } = asking;
  const issuer = context.facilities().find(({ id }) => id === caller.facility)?.patientIdIssuer ?? '';
  const open = order.steps.filter((step) => isOpen(step) && isShown(step, settings, filter));
  return open.flatMap((step) => {
    const item = worklistItem(order, step, { anyStation, patientIdIssuer: issuer });
    const matches =
      item !== undefined && matchesAll(item, keys.matches) && (keys.period === undefined || beginsWithin(item, keys.period));
    return matches ? [{ rank: `${PRIORITY_RANKS[order.priority] ?? 2} ${step.start} ${order.accessionNumber}`, item }] : [];
  });
}

/** A machine that broke off in the middle asks again for what it had begun. */
function isOpen({ state }: WorklistStep): boolean {
  return state === 'SCHEDULED' || state === 'IN_PROGRESS';
}

function answerOf(item: DataSet, identifier: DataSet, asciiNames: boolean, characterSets: readonly string[]): DataSet {
  const selected: MutableDataSet = { ...select(item, identifier) };
  if (asciiNames) {
    return inPlainLetters(selected);
  }
  if (characterSets.length > 0) {
    selected[TAG.SpecificCharacterSet] = { vr: 'CS', Value: characterSets };
  }
  return selected;
}

function localDay(now: number): string {
  const date = new Date(now);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
