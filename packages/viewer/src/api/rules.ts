import type { Client } from './client.ts';
import { BASES, type BasisKind } from './destinations.ts';
import { asRecord, flag, list, number, object, oneOf, or, type Parse, text } from './json.ts';

/** Transfer syntaxes that lose nothing, as a document names them. */
export const SYNTAXES: readonly string[] = [
  'explicit-vr-little-endian',
  'jpeg-ls-lossless',
  'jpeg-2000-lossless',
  'htj2k-lossless',
  'jpeg-lossless',
  'rle',
  'deflated',
  'implicit-vr-little-endian',
];

export interface WrittenSend {
  readonly to: string;
  readonly class: string;
  readonly syntax?: string | undefined;
  readonly basis?: BasisKind | undefined;
  readonly evidence?: string | undefined;
  readonly hold?: readonly string[] | undefined;
}

export interface WrittenConditions {
  readonly callingAe?: readonly string[] | undefined;
  readonly address?: readonly string[] | undefined;
  readonly facility?: readonly string[] | undefined;
  readonly complete?: boolean | undefined;
  readonly hours?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
}

interface WrittenPrefetch {
  readonly priors: number;
  /** `same`, `any`, or codes. */
  readonly modality: string | readonly string[];
  readonly class: string;
}

export interface WrittenAction {
  readonly send?: WrittenSend | undefined;
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly deidentify?: string | undefined;
  readonly prefetch?: WrittenPrefetch | undefined;
  readonly stop?: boolean | undefined;
}

/** A rule as a document has it. */
export interface WrittenRule {
  readonly name: string;
  readonly enabled?: boolean | undefined;
  readonly when?: WrittenConditions | undefined;
  readonly then: readonly WrittenAction[];
}

/** What is wrong with a document, where it stands; both count from 1. */
export interface RuleFault {
  readonly line: number;
  readonly column: number;
  readonly rule: string | undefined;
  readonly message: string;
}

/** A document as the server reads it: its rules, or all that is wrong. */
export interface ReadDocument {
  readonly ok: boolean;
  readonly problems: readonly RuleFault[];
  readonly rules: readonly WrittenRule[];
}

/** A document that was put in force. Version 0: there were never any rules. */
export interface RuleVersion {
  readonly version: number;
  readonly at: string | null;
  readonly by: string;
  readonly document: string;
}

export interface RulesInForce extends RuleVersion {
  readonly rules: readonly WrittenRule[];
}

export interface RuleVersions {
  readonly versions: readonly RuleVersion[];
  readonly next: number | null;
}

/** A change of one rule of a document; places count from 0. */
export type RuleEdit =
  | { readonly kind: 'add'; readonly rule: WrittenRule }
  | { readonly kind: 'change'; readonly at: number; readonly rule: WrittenRule }
  | { readonly kind: 'move'; readonly from: number; readonly to: number }
  | { readonly kind: 'remove'; readonly at: number };

function dictionary<T>(parse: Parse<T>): Parse<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(Object.entries(asRecord(value, path)).map(([key, entry]) => [key, parse(entry, `${path}.${key}`)]));
}

const oneOrMore: Parse<string | readonly string[]> = (value, path) =>
  typeof value === 'string' ? value : list(text)(value, path);

const texts = or(list(text), undefined);

const parseConditions: Parse<WrittenConditions> = object<WrittenConditions>({
  callingAe: texts,
  address: texts,
  facility: texts,
  complete: or(flag, undefined),
  hours: texts,
  tags: or(dictionary(list(text)), undefined),
});

const parseSend: Parse<WrittenSend> = object<WrittenSend>({
  to: text,
  class: text,
  syntax: or(text, undefined),
  basis: or(oneOf(...BASES), undefined),
  evidence: or(text, undefined),
  hold: texts,
});

const parseAction: Parse<WrittenAction> = object<WrittenAction>({
  send: or(parseSend, undefined),
  set: or(dictionary(text), undefined),
  remove: texts,
  deidentify: or(text, undefined),
  prefetch: or(object<WrittenPrefetch>({ priors: number, modality: oneOrMore, class: text }), undefined),
  stop: or(flag, undefined),
});

/** A computed name, for an object that is no promise. */
const THEN = 'then';

const parseWritten: Parse<WrittenRule> = object<WrittenRule>({
  name: text,
  enabled: or(flag, undefined),
  when: or(parseConditions, undefined),
  [THEN]: list(parseAction),
});

const parseRule: Parse<WrittenRule> = (value, path) => parseWritten(asRecord(value, path).rule, `${path}.rule`);

const parseFault: Parse<RuleFault> = object<RuleFault>({
  line: number,
  column: number,
  rule: or(text, undefined),
  message: text,
});

const VERSION = { version: number, at: or(text, null), by: text, document: text };

const parseInForce: Parse<RulesInForce> = object<RulesInForce>({ ...VERSION, rules: list(parseRule) });
const parseVersions: Parse<RuleVersions> = object<RuleVersions>({
  versions: list(object<RuleVersion>(VERSION)),
  next: or(number, null),
});

const READ = { ok: flag, problems: list(parseFault), rules: list(parseRule) };

const parseRead: Parse<ReadDocument> = object<ReadDocument>(READ);
const parseEdited: Parse<EditedDocument> = object<EditedDocument>({ ...READ, document: text });

/** What a change of a rule made of a document. */
export interface EditedDocument extends ReadDocument {
  readonly document: string;
}

export function readRules(client: Client, signal?: AbortSignal): Promise<RulesInForce> {
  return client.get('/api/rules', parseInForce, signal);
}

const YAML = { 'Content-Type': 'application/yaml' };

/** @throws ApiError 412 when another version than `version` is in force by now, 400 when the document is faulty */
export function putRules(client: Client, document: string, version: number): Promise<RulesInForce> {
  const headers = { ...YAML, 'If-Match': `"${version}"` };
  return client.exchange('/api/rules', { method: 'PUT', text: document, headers }, parseInForce);
}

export function checkRules(client: Client, document: string, signal?: AbortSignal): Promise<ReadDocument> {
  return client.exchange('/api/rules/check', { method: 'POST', text: document, headers: YAML, signal }, parseRead);
}

export function editRules(client: Client, document: string, edit: RuleEdit): Promise<EditedDocument> {
  return client.exchange('/api/rules/edit', { method: 'POST', body: { document, edit } }, parseEdited);
}

export function readVersions(client: Client, after: number | undefined, signal?: AbortSignal): Promise<RuleVersions> {
  const query = new URLSearchParams({ limit: '20', ...(after === undefined ? {} : { after: String(after) }) });
  return client.get(`/api/rules/versions?${query}`, parseVersions, signal);
}
