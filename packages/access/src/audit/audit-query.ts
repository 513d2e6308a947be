import type { AccessDatabase } from '../identity/directory.ts';
import { db } from '../store/tables.ts';

export interface AuditFilter {
  readonly study: string | undefined;
  /** Id or name. */
  readonly subject: string | undefined;
  /** Milliseconds since 1970, `to` not included. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
  /** Lines older than this one. */
  readonly after: number | undefined;
}

interface AuditEntry {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly subject: { readonly kind: string; readonly id: string; readonly name: string } | null;
  readonly address: string | null;
  readonly facility: string | null;
  readonly studyInstanceUid: string | null;
  readonly detail: string | null;
}

export interface AuditPage {
  readonly lines: readonly AuditEntry[];
  /** For `after` of the next page; null at the end. */
  readonly next: string | null;
}

function auditQuery(filter: AuditFilter) {
  let query = db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(filter.limit);
  const { study, subject, from, to, after } = filter;
  if (study !== undefined) {
    query = query.where('study', '=', study);
  }
  if (subject !== undefined) {
    query = query.where((e) => e.or([e('subject_id', '=', subject), e('subject_name', '=', subject)]));
  }
  if (from !== undefined) {
    query = query.where('at', '>=', from);
  }
  if (to !== undefined) {
    query = query.where('at', '<', to);
  }
  return after === undefined ? query : query.where('id', '<', after);
}

export async function auditPage(database: AccessDatabase, filter: AuditFilter): Promise<AuditPage> {
  const rows = await database.read(auditQuery(filter));
  const lines = rows.map((row) => ({
    id: row.id,
    at: new Date(row.at).toISOString(),
    action: row.action,
    outcome: row.outcome,
    subject:
      row.subject_kind === null ? null : { kind: row.subject_kind, id: row.subject_id ?? '', name: row.subject_name ?? '' },
    address: row.address,
    facility: row.facility,
    studyInstanceUid: row.study,
    detail: row.detail,
  }));
  const last = rows.at(-1);
  return { lines, next: last === undefined || rows.length < filter.limit ? null : String(last.id) };
}
