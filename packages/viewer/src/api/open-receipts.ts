import type { Client } from './client.ts';
import { list, number, object, or, type Parse, text } from './json.ts';
import { parseStudy, type Study } from './studies.ts';

/** A study that was sent, and of which nothing was taken. */
export interface AbsentStudy {
  readonly studyInstanceUid: string;
  readonly refused: number;
  readonly from: string;
  readonly last: string;
}

/** Studies whose receipt is not complete. */
export interface OpenReceipts {
  readonly rows: readonly Study[];
  readonly absent: readonly AbsentStudy[];
  readonly next: string | null;
}

export type OpenState = 'problem' | 'waiting';

const parseAbsent = object<AbsentStudy>({ studyInstanceUid: text, refused: number, from: text, last: text });
const parsePage = object<{ studies: readonly Study[]; absent: readonly AbsentStudy[]; next: string | null }>({
  studies: list(parseStudy),
  absent: list(parseAbsent),
  next: or(text, null),
});
const parseOpen: Parse<OpenReceipts> = (value, path) => {
  const { studies, absent, next } = parsePage(value, path);
  return { rows: studies, absent, next };
};

export function readOpenReceipts(client: Client, state: OpenState, after?: string, signal?: AbortSignal): Promise<OpenReceipts> {
  const query = new URLSearchParams({ state, ...(after === undefined ? {} : { after }) });
  return client.get(`/api/receipts?${query}`, parseOpen, signal);
}
