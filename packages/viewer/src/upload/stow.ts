import { asRecord } from '../api/json.ts';

/** One file of a request. */
export interface StowPart {
  readonly content: Blob;
  readonly sopInstanceUid: string | undefined;
}

export interface StowOutcome {
  /** `conflict`: kept aside, because another object has the same UID. */
  readonly status: 'stored' | 'conflict' | 'failed';
  /** Failure Reason (0008,1197), PS3.18 table I.2-2, or 0. */
  readonly reason: number;
}

/** What a STOW-RS answer says about each instance it names. */
export interface StowAnswer {
  /** In the order of the answer: two files of a request may claim the same instance. */
  readonly byUid: ReadonlyMap<string, readonly StowOutcome[]>;
  /** Outcomes of what could not be read far enough to name it. PS3.18 10.5.3: Other Failures Sequence. */
  readonly unnamed: readonly StowOutcome[];
}

export function newBoundary(random: Uint8Array): string {
  return `filmless-${[...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** A multipart/related body; files stay on disk until the browser sends them. PS3.18 8.6.1.2.1, RFC 2387. */
export function stowBody(parts: readonly StowPart[], boundary: string): Blob {
  const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`;
  return new Blob([...parts.flatMap((part) => [head, part.content, '\r\n']), `--${boundary}--\r\n`]);
}

export function stowContentType(boundary: string): string {
  return `multipart/related; type="application/dicom"; boundary=${boundary}`;
}

const REFERENCED_SOP_SEQUENCE = '00081199';
const FAILED_SOP_SEQUENCE = '00081198';
const OTHER_FAILURES_SEQUENCE = '0008119A';
const REFERENCED_SOP_INSTANCE_UID = '00081155';
const WARNING_REASON = '00081196';
const FAILURE_REASON = '00081197';

/** Coercion of data elements: the warning with which the server tells of a conflict. PS3.18 table I.2-1. */
const KEPT_ASIDE = 0xb000;

/** Tells an answer about instances from a problem; either can come with a status of 400 and above. PS3.18 10.5.3. */
export function isStowAnswer(answer: unknown): boolean {
  const sequences = [REFERENCED_SOP_SEQUENCE, FAILED_SOP_SEQUENCE, OTHER_FAILURES_SEQUENCE];
  return typeof answer === 'object' && answer !== null && sequences.some((tag) => tag in answer);
}

/** Reads the Store Instances Response Module in DICOM JSON. PS3.18 annex I. @throws UnreadableAnswer */
export function readStowAnswer(answer: unknown): StowAnswer {
  const module = asRecord(answer, 'answer');
  const byUid = new Map<string, StowOutcome[]>();
  const note = (item: Readonly<Record<string, unknown>>, outcome: StowOutcome) => {
    const uid = textIn(item, REFERENCED_SOP_INSTANCE_UID);
    byUid.set(uid, [...(byUid.get(uid) ?? []), outcome]);
  };
  for (const item of items(module, REFERENCED_SOP_SEQUENCE)) {
    note(item, referenced(item));
  }
  for (const item of items(module, FAILED_SOP_SEQUENCE)) {
    note(item, failed(item));
  }
  return { byUid, unnamed: items(module, OTHER_FAILURES_SEQUENCE).map(failed) };
}

function referenced(item: Readonly<Record<string, unknown>>): StowOutcome {
  return { status: numberIn(item, WARNING_REASON) === KEPT_ASIDE ? 'conflict' : 'stored', reason: 0 };
}

function failed(item: Readonly<Record<string, unknown>>): StowOutcome {
  return { status: 'failed', reason: numberIn(item, FAILURE_REASON) };
}

function items(module: Readonly<Record<string, unknown>>, tag: string): readonly Readonly<Record<string, unknown>>[] {
  return values(module, tag).map((item) => asRecord(item, tag));
}

function values(dataSet: Readonly<Record<string, unknown>>, tag: string): readonly unknown[] {
  const element = dataSet[tag];
  const value = element === undefined ? undefined : asRecord(element, tag).Value;
  return Array.isArray(value) ? value : [];
}

function textIn(dataSet: Readonly<Record<string, unknown>>, tag: string): string {
  const [value] = values(dataSet, tag);
  return typeof value === 'string' ? value : '';
}

function numberIn(dataSet: Readonly<Record<string, unknown>>, tag: string): number {
  const [value] = values(dataSet, tag);
  return typeof value === 'number' ? value : 0;
}
