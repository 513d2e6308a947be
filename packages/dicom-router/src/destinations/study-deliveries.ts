import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';

/** What of a study is still to be done, for whoever would remove it. */
export interface StudyDeliveries {
  /** Something of it is to be routed, to be sent, to be looked at by a person, or asked about: what lies here is needed. */
  readonly open: boolean;
  /** SOP Instance UIDs of instances that the destination got as copies with changes: it has not what lies here. */
  readonly changed: ReadonlySet<string>;
}

const UNCHANGED = '{}';

export async function studyDeliveries(
  database: Pick<RouterDatabase, 'read'>,
  studyInstanceUid: string,
  destination: string,
): Promise<StudyDeliveries> {
  const deliveries = db.selectFrom('delivery').where('study_instance_uid', '=', studyInstanceUid);
  const [arrivals, open, changed] = await Promise.all([
    database.read(
      db.selectFrom('arrival').select('sop_instance_uid').where('study_instance_uid', '=', studyInstanceUid).limit(1),
    ),
    database.read(
      deliveries
        .select('id')
        .where((row) => row.or([row('state', '!=', 'done'), row('commitment', 'in', ['wanted', 'asked'])]))
        .limit(1),
    ),
    database.read(deliveries.select('sop_instance_uid').where('destination', '=', destination).where('changes', '!=', UNCHANGED)),
  ]);
  return {
    open: arrivals.length + open.length > 0,
    changed: new Set(changed.map(({ sop_instance_uid }) => sop_instance_uid)),
  };
}
