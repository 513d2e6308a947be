import type { Client } from './client.ts';
import { flag, list, number, object, oneOf, or, type Parse, text } from './json.ts';

/** A study as if it arrived now, or then, from somewhere. */
export interface RuleTrial {
  /** Tried in place of the rules in force. */
  readonly document?: string | undefined;
  readonly studyInstanceUid: string;
  readonly callingAe?: string | undefined;
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly at?: string | undefined;
}

interface TriedChanges {
  readonly set: readonly { readonly tag: string; readonly value: string }[];
  readonly remove: readonly string[];
  readonly deidentify: string | undefined;
  readonly transferSyntaxUid: string | undefined;
}

/** What would be queued. */
export interface TriedDelivery {
  readonly destination: string;
  /** Empty where the destination's own `when` says so. */
  readonly rule: string;
  readonly class: string;
  readonly changes: TriedChanges;
  readonly notBefore: string | null;
  readonly legal: { readonly basis: string; readonly evidence: string | undefined } | null;
}

export interface TriedCondition {
  readonly condition: string;
  /** The attribute. */
  readonly name: string | null;
  readonly wanted: readonly string[];
  readonly found: string;
  readonly fits: boolean;
}

const FITS = ['fits', 'differs', 'waits', 'unknown', 'stopped'] as const;
const FATES = ['sent', 'already', 'source', 'gone'] as const;

export interface TriedRule {
  readonly rule: string;
  readonly fit: (typeof FITS)[number];
  readonly conditions: readonly TriedCondition[];
  readonly sends: readonly { readonly to: string; readonly fate: (typeof FATES)[number] }[];
}

/** Images of one series that are treated alike. */
export interface TriedGroup {
  readonly seriesInstanceUid: string;
  readonly modality: string;
  readonly instances: number;
  readonly onArrival: readonly TriedDelivery[];
  readonly whenComplete: readonly TriedDelivery[];
  readonly prefetches: readonly { readonly destination: string; readonly rule: string; readonly priors: number }[];
  readonly rules: readonly TriedRule[];
}

export interface TriedStudy {
  readonly groups: readonly TriedGroup[];
  readonly instances: number;
  /** The study has more images than were tried. */
  readonly more: boolean;
}

const parseDelivery: Parse<TriedDelivery> = object<TriedDelivery>({
  destination: text,
  rule: text,
  class: text,
  changes: object<TriedChanges>({
    set: or(list(object<{ readonly tag: string; readonly value: string }>({ tag: text, value: text })), []),
    remove: or(list(text), []),
    deidentify: or(text, undefined),
    transferSyntaxUid: or(text, undefined),
  }),
  notBefore: or(text, null),
  legal: or(
    object<{ readonly basis: string; readonly evidence: string | undefined }>({ basis: text, evidence: or(text, undefined) }),
    null,
  ),
});

const parseTried: Parse<TriedRule> = object<TriedRule>({
  rule: text,
  fit: oneOf(...FITS),
  conditions: list(
    object<TriedCondition>({ condition: text, name: or(text, null), wanted: list(text), found: text, fits: flag }),
  ),
  sends: list(object<TriedRule['sends'][number]>({ to: text, fate: oneOf(...FATES) })),
});

const parseGroup: Parse<TriedGroup> = object<TriedGroup>({
  seriesInstanceUid: text,
  modality: text,
  instances: number,
  onArrival: list(parseDelivery),
  whenComplete: list(parseDelivery),
  prefetches: list(object<TriedGroup['prefetches'][number]>({ destination: text, rule: text, priors: number })),
  rules: list(parseTried),
});

const parseStudy: Parse<TriedStudy> = object<TriedStudy>({ groups: list(parseGroup), instances: number, more: flag });

export function testRules(client: Client, trial: RuleTrial): Promise<TriedStudy> {
  return client.exchange('/api/rules/test', { method: 'POST', body: trial }, parseStudy);
}
