import type { Dependencies } from '../dependencies.ts';
import type { RefusedInstance } from './refusal-records.ts';

type Needs = Pick<Dependencies, 'records' | 'index' | 'limits'>;

interface AskedStudy {
  readonly studyInstanceUid: string;
  /** Facility that owns it. */
  readonly facility: string;
  /** Of the instances named by performed steps that are done, how many are not here. */
  readonly awaited: number;
  /** Instances that a machine asked about, and that were not found then. */
  readonly notCommitted: readonly string[];
}

export interface Missing {
  /** Distinct instances that are known to exist and are not here. */
  readonly missing: number;
  /** Of these, those that were sent and not taken. */
  readonly refused: readonly RefusedInstance[];
}

/** What is missing of each study, in their order: one query, and two more where anything was refused or not found. */
export async function missingOf({ records, index, limits }: Needs, studies: readonly AskedStudy[]): Promise<readonly Missing[]> {
  const uids = studies.map(({ studyInstanceUid }) => studyInstanceUid);
  const refused = Map.groupBy(
    await records.refusals.ofStudies(uids, limits.receiptInstances),
    ({ studyInstanceUid }) => studyInstanceUid,
  );
  const suspects = [...studies.flatMap(({ notCommitted }) => notCommitted), ...[...refused.values()].flat().map(uidOf)];
  const here = await index.present(suspects);
  const awaited = await records.performed.awaitedAmong(suspects.filter((uid) => !here.has(uid)));
  await records.refusals.forget(
    [...refused.values()]
      .flat()
      .map(uidOf)
      .filter((uid) => here.has(uid)),
  );
  return studies.map(({ studyInstanceUid, facility, awaited: named, notCommitted }) => {
    const notTaken = (refused.get(studyInstanceUid) ?? []).filter(
      (one) => one.facility === facility && !here.has(one.sopInstanceUid),
    );
    const besides = new Set([...notCommitted, ...notTaken.map(uidOf)].filter((uid) => !(here.has(uid) || awaited.has(uid))));
    return { missing: named + besides.size, refused: notTaken };
  });
}

function uidOf({ sopInstanceUid }: RefusedInstance): string {
  return sopInstanceUid;
}
