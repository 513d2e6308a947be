import type { Scope } from '@filmless/access';
import type { Dependencies } from '../dependencies.ts';
import type { StudyEntry } from '../model.ts';
import { receiptMarks } from '../receipts/mark.ts';
import type { ReceiptMark } from '../receipts/model.ts';
import { type Completeness, completenessOf } from './completeness.ts';
import type { OrderState } from './model.ts';

/** What orders and machines say of a study, beside what its images do. */
export interface StudyAround {
  readonly completeness: Completeness;
  readonly receipt: ReceiptMark;
  /** The order it was made for, where that is the caller's to know. */
  readonly order: { readonly accessionNumber: string; readonly state: OrderState } | null;
}

type Needs = Pick<Dependencies, 'records' | 'index' | 'transfers' | 'now' | 'limits' | 'log'>;

/** Adds it to a page of studies: a few queries, each by index, whatever the page's length. */
export async function withAround<S extends StudyEntry>(
  needs: Needs,
  studies: readonly S[],
  scope: Scope,
): Promise<readonly (S & StudyAround)[]> {
  const { records, now, limits } = needs;
  const { facilities } = scope;
  const uids = studies.map(({ studyInstanceUid }) => studyInstanceUid);
  const [steps, awaited, matches] = await Promise.all([
    records.performed.performedOfStudies(uids),
    records.performed.countAwaited(uids),
    records.matches.matches(uids),
  ]);
  const ids = [...matches.values()].map(({ orderId }) => orderId).filter((id) => id !== null);
  const orders = new Map((await records.orders.byId(ids)).map((order) => [order.id, order]));
  const performed = Map.groupBy(steps, ({ studyInstanceUid }) => studyInstanceUid);
  const at = now();
  const complete = studies.map((study) => {
    const { studyInstanceUid, facility } = study;
    const own = (performed.get(studyInstanceUid) ?? []).filter((step) => step.facility === facility);
    const named = awaited.get(studyInstanceUid) ?? 0;
    return { study, awaited: named, completeness: completenessOf(study, own, named, at, limits) };
  });
  const receipts = await receiptMarks(needs, complete, scope);
  return complete.flatMap(({ study, completeness }, position) => {
    const { studyInstanceUid } = study;
    const receipt = receipts[position];
    const order = orders.get(matches.get(studyInstanceUid)?.orderId ?? -1);
    const known =
      order !== undefined && (facilities === 'all' || facilities.includes(order.document.facility)) ? order : undefined;
    const around = known === undefined ? null : { accessionNumber: known.document.accessionNumber, state: known.state };
    return receipt === undefined ? [] : [{ ...study, completeness, receipt, order: around }];
  });
}
