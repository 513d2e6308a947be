import type { AuditEvent } from '@filmless/access';
import type { Dependencies } from './dependencies.ts';

/** Who does what nobody asked for: what is due, and what follows from something else. */
export const ARCHIVE = { kind: 'service', id: 'archive', name: 'archive' } as const;

/** Writes a line of the audit trail; what it tells of is done, and stays done where it cannot be written. */
export async function audited({ audit, log }: Pick<Dependencies, 'audit' | 'log'>, event: AuditEvent): Promise<void> {
  try {
    await audit(event);
  } catch (error) {
    log.error({ action: event.action, study: event.studyInstanceUid, error: String(error) }, 'audit.failed');
  }
}
