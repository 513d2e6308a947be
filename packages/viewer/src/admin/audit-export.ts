import { type AuditLine, readAudit } from '../api/audit.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { type AuditFilters, auditQuery } from './audit-filters.ts';

const PAGE_SIZE = 500;
/** More than anybody reads, and what a browser still holds with ease. */
const MOST_LINES = 100_000;

const COLUMNS: readonly (readonly [string, (line: AuditLine) => string])[] = [
  ['at', (line) => line.at],
  ['subject_kind', (line) => line.subject?.kind ?? ''],
  ['subject', (line) => line.subject?.name ?? ''],
  ['action', (line) => line.action],
  ['outcome', (line) => line.outcome],
  ['facility', (line) => line.facility],
  ['study_instance_uid', (line) => line.studyInstanceUid],
  ['address', (line) => line.address],
  ['detail', (line) => line.detail],
];

export interface AuditExport {
  readonly busy: boolean;
  readonly problem: unknown;
  start(): Promise<void>;
}

/** Downloads the lines that match, for a report to an authority. */
export function useAuditExport(filters: AuditFilters): AuditExport {
  const { client } = useApp();
  const sending = useSending();
  const start = async () => {
    await sending.run(async () => {
      const lines: AuditLine[] = [];
      let after: string | undefined;
      do {
        const page = await readAudit(client, auditQuery(filters, PAGE_SIZE, after));
        lines.push(...page.rows);
        after = page.next ?? undefined;
      } while (after !== undefined && lines.length < MOST_LINES);
      save(toCsv(lines));
      if (after !== undefined) {
        toast('failure', t('audit.exportLimit', { count: lines.length }));
      }
    });
  };
  return { busy: sending.busy, problem: sending.problem, start };
}

/** RFC 4180; a value that a spreadsheet would take for a formula gets a quote before it. */
export function toCsv(lines: readonly AuditLine[]): string {
  const rows = [COLUMNS.map(([name]) => name), ...lines.map((line) => COLUMNS.map(([, read]) => read(line)))];
  return rows.map((row) => row.map(csvValue).join(',')).join('\r\n');
}

function csvValue(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function save(csv: string): void {
  const link = document.createElement('a');
  // The mark at the start tells a spreadsheet that this is UTF-8.
  link.href = URL.createObjectURL(new Blob(['\uFEFF', csv], { type: 'text/csv' }));
  link.download = `filmless-audit-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
