import type { StoredInstance } from '../../core/model.ts';
import type { HttpContext, RequestContext } from '../context.ts';

/** Notes in the audit trail that the subject looked at the study; once per some minutes, which `access` sees to. */
export function noteView(
  c: RequestContext,
  context: HttpContext,
  { studyInstanceUid, facility }: Pick<StoredInstance, 'studyInstanceUid' | 'facility'>,
): void {
  context.access.auditView(c.get('subject'), studyInstanceUid, facility, c.env.remoteAddress);
}
