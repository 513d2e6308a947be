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
  readonly enabled?: boolean | undefined;
  readonly when?: PrintedConditions | undefined;
  readonly then: readonly PrintedAction[];
}

interface PrintedConditions {
  readonly callingAe?: readonly string[] | undefined;
  readonly address?: readonly string[] | undefined;
  readonly facility?: readonly string[] | undefined;
  readonly complete?: boolean | undefined;
  readonly hours?: readonly string[] | undefined;
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
}

interface PrintedAction {
  readonly send?: PrintedSend | undefined;
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly deidentify?: string | undefined;
  readonly prefetch?:
    | { readonly priors: number; readonly modality: string | readonly string[]; readonly class: string }
    | undefined;
  readonly stop?: boolean | undefined;
}

interface PrintedSend {
  readonly to: string;
  readonly class: string;
  readonly syntax?: string | undefined;
  readonly basis?: LegalBasis['basis'] | undefined;
  readonly evidence?: string | undefined;
  readonly hold?: readonly string[] | undefined;
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
