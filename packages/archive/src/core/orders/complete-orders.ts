import type { Dependencies } from '../dependencies.ts';
import type { Order, OrderStudy, PerformedSummary } from './model.ts';
import type { KeptOrder, PerformedOfOrder } from './order-records.ts';

type Needs = Pick<Dependencies, 'records' | 'index'>;

/** Orders with what was performed for them and the studies that were made: a few queries for a whole page. */
export async function completeOrders({ records, index }: Needs, orders: readonly KeptOrder[]): Promise<readonly Order[]> {
  const ids = orders.map(({ id }) => id);
  const [performed, matches] = await Promise.all([records.orders.performedOf(ids), records.orders.matchesOfOrders(ids)]);
  const counts = await index.countInstances(matches.map(({ studyInstanceUid }) => studyInstanceUid));
  const performedOf = Map.groupBy(performed, ({ orderId }) => orderId);
  const matchesOf = Map.groupBy(matches, ({ orderId }) => orderId);
  return orders.map((order) => {
    const studies = (matchesOf.get(order.id) ?? []).map(({ studyInstanceUid }) => ({
      studyInstanceUid,
      instances: counts.get(studyInstanceUid) ?? 0,
    }));
    return completeOrder(order, performedOf.get(order.id) ?? [], studies);
  });
}

function completeOrder(order: KeptOrder, performed: readonly PerformedOfOrder[], studies: readonly OrderStudy[]): Order {
  const { document, state, stepStates, createdAt, updatedAt, version } = order;
  const wished = studies.find(({ studyInstanceUid }) => studyInstanceUid === document.studyInstanceUid);
  return {
    ...document,
    steps: document.steps.map((step, index) => ({ ...step, state: stepStates[index] ?? state })),
    state,
    createdAt,
    updatedAt,
    version,
    performed: summaries(performed),
    study: wished ?? studies[0] ?? null,
    studies,
  };
}

/** One for each performed procedure step, which may belong to several steps of the order. */
function summaries(performed: readonly PerformedOfOrder[]): readonly PerformedSummary[] {
  return [...Map.groupBy(performed, ({ sopInstanceUid }) => sopInstanceUid).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) {
      return [];
    }
    const { sopInstanceUid, state, stationAeTitle, modality, start, end, named } = first;
    const steps = same.map(({ stepId }) => stepId).filter((id) => id !== '');
    return [{ sopInstanceUid, state, steps, stationAeTitle, modality, start, end, instances: named }];
  });
}
