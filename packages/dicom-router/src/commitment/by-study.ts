import type { CommittedInstance } from '../records/commitments.ts';
import type { CommittedStudy } from '../records/receipt-totals.ts';
import type { Checked } from './check.ts';

/** Lines about instances that are nowhere, of all studies of one request. */
const MOST_LINES = 20_000;

/**
 * What was found for a request, study by study. Of an instance that is nowhere nobody knows the study, so it is missing in each study of the
 * request: whoever deletes images by a receipt must not rely on a guess.
 */
export function committedByStudy(
  instances: readonly CommittedInstance[],
  { refused, studies }: Checked,
): readonly CommittedStudy[] {
  const failures = new Map(refused.map(({ position, failure }) => [instances[position]?.sopInstanceUid ?? '', failure]));
  const known = Map.groupBy(studies, ([, study]) => study);
  const nowhere = [...failures].flatMap(([sopInstanceUid, failure]) =>
    studies.has(sopInstanceUid) ? [] : [{ sopInstanceUid, failure }],
  );
  // One line is enough for a study to show that something is missing.
  const most = Math.max(1, Math.floor(MOST_LINES / Math.max(1, known.size)));
  return [...known].map(([studyInstanceUid, here]) => ({
    studyInstanceUid,
    granted: here.flatMap(([uid]) => (failures.has(uid) ? [] : [uid])),
    failed: [
      ...here.flatMap(([uid]) => {
        const failure = failures.get(uid);
        return failure === undefined ? [] : [{ sopInstanceUid: uid, failure }];
      }),
      ...nowhere.slice(0, most),
    ],
  }));
}
