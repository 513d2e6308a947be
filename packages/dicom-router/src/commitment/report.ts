import { COMMAND } from '../dimse/command-field.ts';
import { encodeOperation } from '../dimse/data-set.ts';
import type { Dialogue } from '../dimse/dialogue.ts';
import { describeStatus, statusClass } from '../dimse/status.ts';
import { RouterError } from '../errors.ts';
import type { CommittedInstance } from '../records/commitments.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import type { AcceptedContext } from '../ul/association.ts';
import { reportDataSet } from './data-sets.ts';
import { EVENT, STORAGE_COMMITMENT_INSTANCE, STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

/** A request as the database has it, without its instances. */
export interface OpenCommitment {
  readonly id: number;
  readonly transactionUid: string;
  readonly aeTitle: string;
  readonly facility: string;
  readonly address: string;
  readonly state: 'asked' | 'checked';
  readonly attempts: number;
}

/** An instance of a request, with the Failure Reason where it is refused. */
export interface CheckedInstance extends CommittedInstance {
  readonly failure: number | null;
}

/** What a request names, in its order. */
export async function instancesOf(database: RouterDatabase, id: number): Promise<readonly CheckedInstance[]> {
  const rows = await database.read(
    db
      .selectFrom('commitment_instance')
      .select(['sop_class_uid', 'sop_instance_uid', 'failure'])
      .where('commitment', '=', id)
      .orderBy('position'),
  );
  return rows.map((row) => ({
    sopClassUid: row.sop_class_uid,
    sopInstanceUid: row.sop_instance_uid,
    failure: row.failure,
  }));
}

/** The studies of a request that was checked. */
export async function studiesOf(database: RouterDatabase, id: number): Promise<readonly { readonly studyInstanceUid: string }[]> {
  return await database.read(
    db.selectFrom('commitment_study').select('study_instance_uid as studyInstanceUid').where('commitment', '=', id),
  );
}

/**
 * Tells the peer what was found; resolves when it took it. PS3.4 J.3.3.
 * @throws RouterError `status` when it did not, and what ends an association
 */
export async function sendReport(
  database: RouterDatabase,
  retrieveAe: string,
  commitment: OpenCommitment,
  dialogue: Dialogue,
  context: AcceptedContext,
): Promise<void> {
  const instances = await instancesOf(database, commitment.id);
  const refused = instances.flatMap(({ failure, ...instance }) => (failure === null ? [] : [{ ...instance, failure }]));
  const committed = instances.filter(({ failure }) => failure === null);
  const dataSet = reportDataSet(commitment.transactionUid, retrieveAe, committed, refused);
  const { status } = await dialogue.performOne(
    context,
    {
      CommandField: COMMAND.nEventReportRq,
      AffectedSOPClassUID: STORAGE_COMMITMENT_SOP_CLASS,
      AffectedSOPInstanceUID: STORAGE_COMMITMENT_INSTANCE,
      EventTypeID: refused.length === 0 ? EVENT.complete : EVENT.failuresExist,
    },
    encodeOperation(dataSet, context),
  );
  const kind = statusClass(status);
  if (kind !== 'success' && kind !== 'warning') {
    throw new RouterError('status', `${commitment.aeTitle} answered the report with ${describeStatus(status)}`);
  }
}
