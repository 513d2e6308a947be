import { TAG, texts } from '@filmless/dicom';
import { type Condition, conditionsOf, type Fit, together } from './conditions.ts';
import type { Changes, Decision } from './decision.ts';
import type { Destination } from './destination.ts';
import { type Facts, isSource } from './facts.ts';
import type { Rule, RulePrefetch, RuleSend } from './rule.ts';
import { heldUntil, type LocalMinutes } from './time-window.ts';

/** A rule whose conditions are ready to be asked. */
interface PreparedRule {
  readonly rule: Rule;
  readonly conditions: readonly Condition[];
  readonly changes: Changes;
}

/** Rules in force, in their order, with the clock that hours are told by. */
export interface PreparedRules {
  readonly rules: readonly PreparedRule[];
  readonly local: LocalMinutes;
}

/** Priors that go where an instance goes. */
export interface PrefetchDecision {
  readonly destination: string;
  readonly rule: string;
  readonly prefetch: RulePrefetch;
  /** What the instance itself is sent with: priors are changed and held alike. */
  readonly decision: Decision;
}

/** What becomes of one instance, as far as it can be told. */
export interface Verdict {
  /** Each destination once: the first rule in order that sends there says how. */
  readonly decisions: readonly Decision[];
  readonly prefetches: readonly PrefetchDecision[];
  /** Rules may fit that ask for more of the header than is known: then nothing of this counts yet. */
  readonly open: boolean;
  /** Rules fit but for the study, which is not complete. */
  readonly waits: boolean;
}

export function prepareRules(rules: readonly Rule[], local: LocalMinutes): PreparedRules {
  return {
    local,
    rules: rules
      .filter(({ enabled }) => enabled)
      .map((rule) => ({ rule, conditions: conditionsOf(rule.when, local), changes: changesOf(rule) })),
  };
}

function changesOf({ actions: { set, remove, deidentify } }: Rule): Changes {
  return {
    ...(set.length === 0 ? {} : { set }),
    ...(remove.length === 0 ? {} : { remove }),
    ...(deidentify === undefined ? {} : { deidentify }),
  };
}

/** Why a send of a rule that fits is none. */
type SendFate = 'sent' | 'already' | 'source' | 'gone';

export interface RuleTrace {
  readonly rule: string;
  /** `stopped`: a rule before it said that no later one looks. */
  readonly fit: Fit | 'stopped';
  readonly conditions: readonly { readonly condition: Condition; readonly fit: Fit }[];
  readonly sends: readonly { readonly to: string; readonly fate: SendFate }[];
}

/** Told of each rule, for whoever asks why. */
export type Tracer = (trace: RuleTrace) => void;

/**
 * What the rules in force, and the destinations that take what fits without one, make of an instance. Pure; a destination never gets what
 * came from it.
 */
export function decide(
  { rules, local }: PreparedRules,
  destinations: ReadonlyMap<string, Destination>,
  facts: Facts,
  trace?: Tracer,
): Verdict {
  const made = new Map<string, Decision>();
  const prefetches: PrefetchDecision[] = [];
  let [open, waits, stopped] = [false, false, false];
  for (const prepared of rules) {
    if (stopped && trace === undefined) {
      break;
    }
    const fit = stopped ? 'stopped' : fitOf(prepared, facts);
    open ||= fit === 'unknown';
    waits ||= fit === 'waits';
    const sends =
      fit === 'fits'
        ? prepared.rule.actions.sends.map((send) => sendBy(prepared, send, { destinations, facts, local, made, prefetches }))
        : [];
    stopped ||= fit === 'fits' && prepared.rule.actions.stop;
    trace?.({ rule: prepared.rule.name, fit, conditions: traced(prepared, facts), sends });
  }
  open = decideByDestinations(destinations, facts, made) || open;
  return { decisions: [...made.values()], prefetches, open, waits };
}

/** What is decided once the study is complete, beside what was when the instance arrived. */
export function decideComplete(
  rules: PreparedRules,
  destinations: ReadonlyMap<string, Destination>,
  facts: Facts,
  trace?: Tracer,
): Verdict {
  const before = decide(rules, destinations, { ...facts, complete: false });
  const verdict = decide(rules, destinations, { ...facts, complete: true }, trace);
  const waited = new Set(rules.rules.filter(({ rule }) => rule.when.complete === true).map(({ rule }) => rule.name));
  const sent = new Set(before.decisions.map(({ destination }) => destination));
  const isLate = ({ destination, rule }: Pick<Decision, 'destination' | 'rule'>) => waited.has(rule) && !sent.has(destination);
  return { ...verdict, decisions: verdict.decisions.filter(isLate), prefetches: verdict.prefetches.filter(isLate) };
}

function fitOf({ conditions }: PreparedRule, facts: Facts): Fit {
  let fit: Fit = 'fits';
  for (const condition of conditions) {
    fit = together([fit, condition.test(facts)]);
    if (fit === 'differs') {
      return fit;
    }
  }
  return fit;
}

function traced({ conditions }: PreparedRule, facts: Facts): RuleTrace['conditions'] {
  return conditions.map((condition) => ({ condition, fit: condition.test(facts) }));
}

interface Making {
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly facts: Facts;
  readonly local: LocalMinutes;
  readonly made: Map<string, Decision>;
  readonly prefetches: PrefetchDecision[];
}

function sendBy({ rule, changes }: PreparedRule, send: RuleSend, making: Making): RuleTrace['sends'][number] {
  const { destinations, facts, local, made, prefetches } = making;
  const destination = destinations.get(send.to);
  const fate = fateOf(destination, facts, made);
  if (destination !== undefined && fate === 'sent') {
    const notBefore = send.hold === undefined ? undefined : heldUntil(send.hold, facts.now, local);
    const legal = send.legal ?? destination.basis;
    const decision: Decision = {
      destination: send.to,
      rule: rule.name,
      priority: send.priority,
      changes: send.transferSyntaxUid === undefined ? changes : { ...changes, transferSyntaxUid: send.transferSyntaxUid },
      ...(notBefore === undefined ? {} : { notBefore }),
      ...(destination.site === undefined || legal === undefined ? {} : { legal }),
    };
    made.set(send.to, decision);
    const { prefetch } = rule.actions;
    if (prefetch !== undefined) {
      prefetches.push({ destination: send.to, rule: rule.name, prefetch, decision });
    }
  }
  return { to: send.to, fate };
}

function fateOf(destination: Destination | undefined, { source }: Facts, made: ReadonlyMap<string, Decision>): SendFate {
  if (destination === undefined) {
    return 'gone';
  }
  if (isSource(destination, source)) {
    return 'source';
  }
  return made.has(destination.id) ? 'already' : 'sent';
}

/** Destinations that take by themselves what machines store here, whatever rules say; true when the modality must be known first. */
function decideByDestinations(
  destinations: ReadonlyMap<string, Destination>,
  facts: Facts,
  made: Map<string, Decision>,
): boolean {
  let open = false;
  for (const destination of destinations.values()) {
    const { id, when, basis, site } = destination;
    if (when === undefined || (facts.source.kind !== 'dimse' && when.uploads !== true)) {
      continue;
    }
    if (fateOf(destination, facts, made) !== 'sent' || !listed(when.callingAes, facts.source.callingAe)) {
      continue;
    }
    const unknown = when.modalities.length > 0 && facts.known?.has(TAG.Modality) === false;
    open ||= unknown;
    if (!unknown && listed(when.modalities, texts(facts.header, TAG.Modality)[0])) {
      const legal = site === undefined || basis === undefined ? {} : { legal: basis };
      made.set(id, { destination: id, rule: '', priority: 'routine', changes: {}, ...legal });
    }
  }
  return open;
}

function listed(list: readonly string[], value: string | undefined): boolean {
  return list.length === 0 || (value !== undefined && list.includes(value));
}
