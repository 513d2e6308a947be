import type { Scope } from '@filmless/access';
import type { Dependencies } from '../dependencies.ts';
import type { StudyEntry } from '../model.ts';
import { type Completeness, completenessOf } from './completeness.ts';
import type { OrderState } from './model.ts';

/** What orders and machines say of a study, beside what its images do. */
export interface StudyAround {
  readonly completeness: Completeness;
  /** The order it was made for, where that is the caller's to know. */
  readonly order: { readonly accessionNumber: string; readonly state: OrderState } | null;
}

type Needs = Pick<Dependencies, 'records' | 'now' | 'limits'>;

/** Adds it to a page of studies: a few queries, each by index, whatever the page's length. */
export async function withAround<S extends StudyEntry>(
  { records, now, limits }: Needs,
  studies: readonly S[],
  { facilities }: Scope,
): Promise<readonly (S & StudyAround)[]> {
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
  return studies.map((study) => {
    const { studyInstanceUid, facility } = study;
    const own = (performed.get(studyInstanceUid) ?? []).filter((step) => step.facility === facility);
    const order = orders.get(matches.get(studyInstanceUid)?.orderId ?? -1);
    const known =
      order !== undefined && (facilities === 'all' || facilities.includes(order.document.facility)) ? order : undefined;
    return {
      ...study,
      completeness: completenessOf(study, own, awaited.get(studyInstanceUid) ?? 0, at, limits),
      order: known === undefined ? null : { accessionNumber: known.document.accessionNumber, state: known.state },
    };
  });
}
