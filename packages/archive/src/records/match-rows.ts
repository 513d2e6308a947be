import type { Match } from '../core/orders/order-records.ts';
import type { StudyMatchTable } from './order-tables.ts';

export function matchOf(row: StudyMatchTable): Match {
  return {
    studyInstanceUid: row.study_instance_uid,
    facility: row.facility,
    orderId: row.order_id,
    basis: row.basis,
    by: row.matched_by,
    at: row.matched_at,
  };
}
