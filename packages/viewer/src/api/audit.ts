import type { Client } from './client.ts';
import { object, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

export interface AuditLine {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly subject: { readonly kind: string; readonly name: string } | null;
  readonly address: string;
  readonly facility: string;
  readonly studyInstanceUid: string;
  readonly detail: string;
}

export interface AuditQuery {
  readonly subject?: string | undefined;
  readonly study?: string | undefined;
  /** ISO; `to` is not included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

const parseLine: Parse<AuditLine> = object<AuditLine>({
  id: (value) => String(value),
  at: text,
  action: text,
  outcome: text,
  subject: or(object<{ readonly kind: string; readonly name: string }>({ kind: text, name: text }), null),
  address: or(text, ''),
  facility: or(text, ''),
  studyInstanceUid: or(text, ''),
  detail: or(text, ''),
});

const parsePage: Parse<Page<AuditLine, string>> = pageIn('lines', parseLine, String);

export function readAudit(client: Client, query: AuditQuery, signal?: AbortSignal): Promise<Page<AuditLine, string>> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      parameters.set(name, String(value));
    }
  }
  return client.get(`/api/audit?${parameters}`, parsePage, signal);
}
