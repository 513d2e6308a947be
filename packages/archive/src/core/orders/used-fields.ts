import type { OrderDocument } from './model.ts';
import type { KeptOrder } from './order-records.ts';
import { isBegun } from './order-state.ts';

/**
 * The fields in which a new document of an order differs from what a machine has taken over from the worklist: they stand in its
 * images. Empty before a machine has begun.
 */
export function usedFields(order: KeptOrder, next: OrderDocument): readonly string[] {
  const { document, state, stepStates } = order;
  if (!isBegun(state)) {
    return [];
  }
  const changed: string[] = [];
  const compare = (field: string, before: unknown, after: unknown): void => {
    if (JSON.stringify(before ?? null) !== JSON.stringify(after ?? null)) {
      changed.push(field);
    }
  };
  compare('studyInstanceUid', document.studyInstanceUid, next.studyInstanceUid);
  compare('requestedProcedureId', document.requestedProcedureId, next.requestedProcedureId);
  for (const field of ['id', 'name', 'birthDate', 'sex'] as const) {
    compare(`patient.${field}`, document.patient[field], next.patient[field]);
  }
  const begun = document.steps.filter((_, index) => isBegun(stepStates[index] ?? 'SCHEDULED'));
  for (const step of begun) {
    const kept = next.steps.find(({ id }) => id === step.id);
    if (kept === undefined) {
      changed.push(`steps: ${step.id}`);
    } else {
      compare(`steps: modality of ${step.id}`, step.modality, kept.modality);
    }
  }
  return changed;
}
