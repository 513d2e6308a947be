import { type Procedure, run } from '@filmless/database';
import type { AuditEvent } from '../model.ts';
import { db } from './tables.ts';

/** Rows of one INSERT: 11 values each, far below SQLite's limit of parameters. */
const ROWS_AT_ONCE = 500;

export interface AuditLine extends AuditEvent {
  readonly at: number;
}

const row = (line: AuditLine) => ({
  at: line.at,
  action: line.action,
  outcome: line.outcome,
  subject_kind: line.subject?.kind ?? null,
  subject_id: line.subject?.id ?? null,
  subject_name: line.subject?.name ?? null,
  address: line.address ?? null,
  facility: line.facility ?? null,
  study: line.studyInstanceUid ?? null,
  detail: line.detail ?? null,
});

export const appendAudit: Procedure<{ readonly lines: readonly AuditLine[] }, void> = function* ({ lines }) {
  for (let start = 0; start < lines.length; start += ROWS_AT_ONCE) {
    yield* run(db.insertInto('audit').values(lines.slice(start, start + ROWS_AT_ONCE).map(row)));
  }
};
