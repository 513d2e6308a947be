import type { Scope } from '@filmless/access';
import type { Dependencies } from '../dependencies.ts';
import type { StudyEntry, StudyListQuery } from '../model.ts';
import { completeOrders } from './complete-orders.ts';
import { type Reason, score } from './matching.ts';
import type { Order, OrderQuery } from './model.ts';
import type { KeptOrder } from './order-records.ts';
import { type StudyAround, withAround } from './study-around.ts';

interface Candidate {
  readonly order: Order;
  /** 0 to 100. */
  readonly score: number;
  readonly reasons: readonly Reason[];
}

interface Unmatched {
  readonly study: StudyEntry & StudyAround;
  /** The best first. */
  readonly candidates: readonly Candidate[];
}

export interface UnmatchedPage {
  readonly studies: readonly Unmatched[];
  readonly next: string | null;
}

type Needs = Pick<Dependencies, 'records' | 'index' | 'transfers' | 'now' | 'limits' | 'log'>;

/** Pages of studies looked through for one answer: where nearly all are matched it says how to go on instead. */
const MOST_PAGES = 40;
/** Orders looked at for one study and one thing they may have in common with it. */
const MOST_ALIKE = 20;
const DAY_MS = 86_400_000;

/** Studies of the facilities one works for that have no order, newest first, each with orders that may be its own. */
export async function listUnmatched(needs: Needs, query: StudyListQuery, scope: Scope): Promise<UnmatchedPage> {
  const { records, index, now } = needs;
  const found: StudyEntry[] = [];
  let after = query.after;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    // As many as are wanted still, so that the next page begins right behind the last one shown.
    const limit = query.limit - found.length;
    const page = await index.listStudies({ ...query, limit, ...(after === undefined ? {} : { after }) }, scope, now());
    const matches = await records.matches.matches(page.studies.map(({ studyInstanceUid }) => studyInstanceUid));
    const isOpen = (study: StudyEntry): boolean => (matches.get(study.studyInstanceUid)?.orderId ?? null) === null;
    const isOwn = ({ facility }: StudyEntry): boolean => scope.facilities === 'all' || scope.facilities.includes(facility);
    found.push(...page.studies.filter((study) => isOwn(study) && isOpen(study)));
    after = page.next ?? undefined;
    if (page.next === null || found.length >= query.limit) {
      break;
    }
  }
  const studies: Unmatched[] = [];
  for (const study of await withAround(needs, found, scope)) {
    studies.push({ study, candidates: await candidatesOf(needs, study) });
  }
  return { studies, next: after ?? null };
}

async function candidatesOf(needs: Needs, study: StudyEntry): Promise<readonly Candidate[]> {
  const orders = await alike(needs, study);
  const matches = await needs.records.orders.matchesOfOrders(orders.map(({ id }) => id));
  const taken = new Set(matches.map(({ orderId }) => orderId));
  const scored = orders
    .filter(({ id, state }) => state !== 'CANCELLED' && !taken.has(id))
    .map((order) => ({ order, ...score(study, order.document) }))
    .sort((a, b) => b.score - a.score || b.order.id - a.order.id)
    .slice(0, needs.limits.candidates);
  const whole = await completeOrders(
    needs,
    scored.map(({ order }) => order),
  );
  return scored.flatMap(({ score: points, reasons }, position) => {
    const order = whole[position];
    return order === undefined ? [] : [{ order, score: points, reasons }];
  });
}

/** Orders of the facility that have the study's UID or number, its patient's id, or its patient's name on about the same day. */
async function alike({ records: { orders } }: Needs, study: StudyEntry): Promise<readonly KeptOrder[]> {
  const { studyInstanceUid, accessionNumber, patient, facility, date, receivedAt } = study;
  const list = async (part: Partial<OrderQuery>): Promise<readonly KeptOrder[]> => {
    const query: OrderQuery = { modalities: [], stations: [], states: [], sort: '-start', limit: MOST_ALIKE, ...part };
    return (await orders.list(query, [facility])).map(({ order }) => order);
  };
  const day = Date.parse(date ?? receivedAt.slice(0, 10));
  const around = { from: `${dayOf(day - DAY_MS)}T00:00:00`, to: `${dayOf(day + DAY_MS)}T23:59:59` };
  const found = await Promise.all([
    orders.byStudyUid(studyInstanceUid, facility),
    accessionNumber === '' ? [] : orders.byAccession(accessionNumber, [facility]),
    patient.id === '' ? [] : list({ patientId: patient.id }),
    patient.name === '' || Number.isNaN(day) ? [] : list({ name: patient.name, ...around }),
  ]);
  return [...new Map(found.flat().map((order) => [order.id, order])).values()];
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
