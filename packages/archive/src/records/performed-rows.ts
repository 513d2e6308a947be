import type { PerformedFacts } from '../core/orders/order-records.ts';
import type { PerformedStepTable } from './order-tables.ts';

/** Columns of `PerformedFacts`. */
export const performedSummary = [
  'performed_step.sop_instance_uid',
  'performed_step.facility',
  'performed_step.state',
  'performed_step.station',
  'performed_step.modality',
  'performed_step.start_at',
  'performed_step.end_at',
  'performed_step.named',
  'performed_step.created_at',
  'performed_step.updated_at',
] as const;

type SummaryRow = Pick<
  PerformedStepTable,
  | 'sop_instance_uid'
  | 'facility'
  | 'state'
  | 'station'
  | 'modality'
  | 'start_at'
  | 'end_at'
  | 'named'
  | 'created_at'
  | 'updated_at'
>;

export function performedFacts(row: SummaryRow): PerformedFacts {
  return {
    sopInstanceUid: row.sop_instance_uid,
    facility: row.facility,
    state: row.state,
    stationAeTitle: row.station,
    modality: row.modality,
    start: row.start_at,
    end: row.end_at,
    named: row.named,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
