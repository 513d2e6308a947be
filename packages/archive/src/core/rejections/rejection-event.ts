import type { AuditEvent } from '@filmless/access';
import type { Rejection } from './model.ts';

/** What was done, to how much, and why, for the audit trail; whose images they are stands in the rejection. */
export function rejectionEvent(
  { id, facility, studyInstanceUid, instances, code, noteUid }: Rejection,
  action: string,
): Pick<AuditEvent, 'action' | 'outcome' | 'facility' | 'studyInstanceUid'> & { readonly detail: string } {
  const why = code === null ? '' : `, ${code}`;
  const note = noteUid === null ? '' : ` by note ${noteUid}`;
  return { action, outcome: 'success', facility, studyInstanceUid, detail: `${instances} instances${why}: ${id}${note}` };
}
