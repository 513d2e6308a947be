import type { Scope } from '@filmless/access';
import type { Dependencies } from '../dependencies.ts';
import type { StudyEntry } from '../model.ts';
import type { Completeness } from '../orders/completeness.ts';
import { missingOf } from './missing.ts';
import type { ReceiptMark } from './model.ts';
import { receiptState } from './state.ts';
import type { OpenTransfers } from './transfers.ts';

type Needs = Pick<Dependencies, 'records' | 'index' | 'limits' | 'log' | 'transfers'>;

interface MarkedStudy {
  readonly study: Pick<StudyEntry, 'studyInstanceUid' | 'facility' | 'conflicts'>;
  readonly completeness: Completeness;
  readonly awaited: number;
}

/** The marks of a page of studies, in their order. Where a study goes from here only those learn whose it is. */
export async function receiptMarks(
  needs: Needs,
  studies: readonly MarkedStudy[],
  { facilities }: Scope,
): Promise<readonly ReceiptMark[]> {
  const own = studies.filter(({ study }) => facilities === 'all' || facilities.includes(study.facility));
  const open = await openOf(
    needs,
    own.map(({ study }) => study.studyInstanceUid),
  );
  const missing = await missingOf(
    needs,
    studies.map(({ study: { studyInstanceUid, facility }, awaited }) => {
      const notCommitted = open.get(studyInstanceUid)?.notCommitted ?? [];
      return { studyInstanceUid, facility, awaited, notCommitted };
    }),
  );
  return studies.map(({ study, completeness }, position) => {
    const { waiting = 0, aside = 0 } = open.get(study.studyInstanceUid) ?? {};
    const { missing: count = 0, refused = [] } = missing[position] ?? {};
    const standing = { missing: count, refused: refused.length, aside, waiting };
    const arriving = completeness.state === 'arriving';
    return { state: receiptState({ ...standing, arriving, conflicts: study.conflicts }), ...standing };
  });
}

/** NOTE: a list of studies that cannot be read for it would be worse than one that says less; the receipt itself fails. */
async function openOf(
  { transfers, limits, log }: Needs,
  studyInstanceUids: readonly string[],
): Promise<ReadonlyMap<string, OpenTransfers>> {
  try {
    return (await transfers()?.open(studyInstanceUids, limits.receiptInstances)) ?? new Map();
  } catch (error) {
    log.error({ error: String(error) }, 'transfers-not-read');
    return new Map();
  }
}
