import type { AuditQuery } from '../api/audit.ts';

/** What the access log is limited to; kept in the address. */
export interface AuditFilters {
  readonly subject: string;
  readonly study: string;
  /** Days `YYYY-MM-DD`, both included. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export function readAuditFilters(search: string): AuditFilters {
  const parameters = new URLSearchParams(search);
  const day = (name: string) =>
    /^\d{4}-\d{2}-\d{2}$/.test(parameters.get(name) ?? '') ? (parameters.get(name) ?? undefined) : undefined;
  return { subject: parameters.get('subject') ?? '', study: parameters.get('study') ?? '', from: day('from'), to: day('to') };
}

export function writeAuditFilters(filters: AuditFilters): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined && value.trim() !== '') {
      parameters.set(name, value.trim());
    }
  }
  const search = parameters.toString();
  return search === '' ? '/admin/audit' : `/admin/audit?${search}`;
}

/** Days of the browser's zone as instants; the last day whole. */
export function auditQuery(filters: AuditFilters, limit: number, after?: string): AuditQuery {
  return {
    subject: filters.subject,
    study: filters.study,
    from: filters.from === undefined ? undefined : midnight(filters.from, 0),
    to: filters.to === undefined ? undefined : midnight(filters.to, 1),
    limit,
    after,
  };
}

function midnight(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}
