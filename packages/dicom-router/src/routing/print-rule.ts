import { lookupTag, tagOf } from '@filmless/dicom';
import type { LegalBasis } from './decision.ts';
import type { Rule, RuleActions, RuleConditions, RulePrefetch, RuleSend } from './rule.ts';
import { syntaxName } from './syntax-names.ts';
import { formatTimeWindow } from './time-window.ts';

/** Named so that nobody takes the rule for a promise. */
const THEN = 'then';

/** A rule as it would be written in a document, as JSON: what a form shows and gives back. */
export function printRule({ name, enabled, when, actions }: Rule): PrintedRule {
  const conditions = printConditions(when);
  return {
    name,
    ...(enabled ? {} : { enabled }),
    ...(Object.keys(conditions).length === 0 ? {} : { when: conditions }),
    [THEN]: printActions(actions),
  };
}

export interface PrintedRule {
  readonly name: string;
  readonly enabled?: boolean;
  readonly when?: PrintedConditions;
  readonly then: readonly PrintedAction[];
}

interface PrintedConditions {
  readonly callingAe?: readonly string[];
  readonly address?: readonly string[];
  readonly facility?: readonly string[];
  readonly complete?: boolean;
  readonly hours?: readonly string[];
  readonly tags?: Readonly<Record<string, readonly string[]>>;
}

interface PrintedAction {
  readonly send?: PrintedSend;
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
  readonly deidentify?: string;
  readonly prefetch?: { readonly priors: number; readonly modality: string | readonly string[]; readonly class: string };
  readonly stop?: boolean;
}

interface PrintedSend {
  readonly to: string;
  readonly class: string;
  readonly syntax?: string;
  readonly basis?: LegalBasis['basis'];
  readonly evidence?: string;
  readonly hold?: readonly string[];
}

function printConditions({ callingAe, address, facility, complete, hours, tags }: RuleConditions): PrintedConditions {
  return {
    ...(callingAe === undefined ? {} : { callingAe }),
    ...(address === undefined ? {} : { address }),
    ...(facility === undefined ? {} : { facility }),
    ...(complete === undefined ? {} : { complete }),
    ...(hours === undefined ? {} : { hours: hours.map(formatTimeWindow) }),
    ...(tags === undefined ? {} : { tags: Object.fromEntries(tags.map(({ name, wanted }) => [name, wanted])) }),
  };
}

function printActions({ sends, set, remove, deidentify, prefetch, stop }: RuleActions): readonly PrintedAction[] {
  return [
    ...sends.map((send) => ({ send: printSend(send) })),
    ...(set.length === 0 ? [] : [{ set: Object.fromEntries(set.map(({ tag, value }) => [printTag(tag), value])) }]),
    ...(remove.length === 0 ? [] : [{ remove: remove.map(printTag) }]),
    ...(deidentify === undefined ? [] : [{ deidentify }]),
    ...(prefetch === undefined ? [] : [{ prefetch: printPrefetch(prefetch) }]),
    ...(stop ? [{ stop }] : []),
  ];
}

function printSend({ to, priority, transferSyntaxUid, legal, hold }: RuleSend): PrintedSend {
  return {
    to,
    class: priority,
    ...(transferSyntaxUid === undefined ? {} : { syntax: syntaxName(transferSyntaxUid) }),
    ...(legal === undefined ? {} : { basis: legal.basis }),
    ...(legal?.evidence === undefined ? {} : { evidence: legal.evidence }),
    ...(hold === undefined ? {} : { hold: hold.map(formatTimeWindow) }),
  };
}

function printPrefetch({ priors, modality, priority }: RulePrefetch): NonNullable<PrintedAction['prefetch']> {
  return { priors, modality, class: priority };
}

/** Its keyword, or `(gggg,eeee)` for one that has none. */
export function printTag(tag: string): string {
  const keyword = lookupTag(tag)?.keyword ?? '';
  return keyword === '' || tagOf(keyword) !== tag ? `(${tag.slice(0, 4)},${tag.slice(4)})` : keyword;
}
