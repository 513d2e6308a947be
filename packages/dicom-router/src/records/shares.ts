import { type Procedure, run } from '@filmless/database';
import type { LegalBasis } from '../routing/decision.ts';
import { db } from './tables.ts';

/** Notes that the audit trail says of a study what another facility got it for; once is enough. */
export const noteShare: Procedure<
  { readonly studyInstanceUid: string; readonly destination: string; readonly legal: LegalBasis; readonly now: number },
  void
> = function* ({ studyInstanceUid, destination, legal, now }) {
  yield* run(
    db
      .insertInto('delivery_share')
      .values({ study_instance_uid: studyInstanceUid, destination, legal: JSON.stringify(legal), at: now })
      .onConflict((known) => known.doNothing()),
  );
};
