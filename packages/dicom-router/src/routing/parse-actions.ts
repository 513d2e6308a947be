import { isPrivateTag, lookupTag, type TagKey, type Vr } from '@filmless/dicom';
import type { Collected } from './collected.ts';
import { DELIVERY_CLASSES, type DeliveryClass, type LegalBasis, type SetAttribute } from './decision.ts';
import { type DocumentNode, short } from './document-node.ts';
import { LEGAL_WORDS, parseLegalBasis } from './legal-words.ts';
import { didYouMean } from './near-word.ts';
import { parseWindow } from './parse-conditions.ts';
import type { Place, RuleActions, RulePrefetch, RuleSend, TimeWindow } from './rule.ts';
import { settingFault } from './set-value.ts';
import { parseSyntax, SYNTAX_NAMES } from './syntax-names.ts';
import { parseTag } from './tag-condition.ts';

const ACTIONS = ['send', 'set', 'remove', 'deidentify', 'prefetch', 'stop'] as const;
const EXAMPLE = '[{ send: ws1 }, { stop: true }]';
const SEND_KEYS = ['to', 'class', 'syntax', 'basis', 'evidence', 'hold'] as const;
const SEND_EXAMPLE = '{ to: ws1, class: routine, hold: "18:00-06:00" }';
const PREFETCH_EXAMPLE = '{ priors: 3, modality: same }';
const MOST_SENDS = 50;
const MOST_ATTRIBUTES = 100;
const MOST_PRIORS = 50;

/** What one key of `then` says; the same key may come again. */
interface Said {
  readonly sends: RuleSend[];
  readonly set: SetAttribute[];
  readonly remove: TagKey[];
  deidentify?: string;
  prefetch?: RulePrefetch;
  stop: boolean;
}

/** The actions of a rule; undefined when they are faulty, which is noted. */
export function parseActions(collected: Collected, rule: string, ruleNode: DocumentNode): RuleActions | undefined {
  const said: Said = { sends: [], set: [], remove: [], stop: false };
  const steps = collected.attempt(rule, () => {
    const node = ruleNode.get('then') ?? ruleNode.fail(`The rule says nothing to do. Write for instance: then: ${EXAMPLE}`);
    const items = node.isMap ? [node] : node.items(EXAMPLE);
    return items.length === 0 ? node.fail(`The rule says nothing to do. Write for instance: then: ${EXAMPLE}`) : items;
  });
  let sound = steps !== undefined;
  for (const step of steps ?? []) {
    const keys = collected.attempt(rule, () => step.onlyKeys(ACTIONS, EXAMPLE));
    sound &&= keys !== undefined;
    for (const { name } of keys ?? []) {
      const child = step.get(name);
      const done = collected.attempt(rule, () => {
        say(collected, rule, said, name, child ?? step.fail(`"${name}" says nothing. Write for instance: ${EXAMPLE}`));
        return true;
      });
      sound &&= done === true;
    }
  }
  return sound && collected.attempt(rule, () => checkTogether(said, ruleNode)) === true ? said : undefined;
}

function checkTogether({ sends, set, remove, deidentify, prefetch, stop }: Said, ruleNode: DocumentNode): true {
  const changes = set.length > 0 || remove.length > 0 || deidentify !== undefined;
  const node = ruleNode.get('then') ?? ruleNode;
  if (sends.length === 0 && (changes || prefetch !== undefined)) {
    node.fail(
      'What is set, removed, de-identified or prefetched goes with what this rule sends, and it sends nothing. Add: send: DESTINATION',
    );
  }
  if (sends.length === 0 && !stop) {
    node.fail(`The rule says nothing to do. Write for instance: then: ${EXAMPLE}`);
  }
  const both = set.find(({ tag }) => remove.includes(tag));
  if (both !== undefined) {
    node.fail(`${lookupTag(both.tag)?.keyword ?? both.tag} is both set and removed. Leave one of them out.`);
  }
  return true;
}

function say(collected: Collected, rule: string, said: Said, action: string, node: DocumentNode): void {
  switch (action) {
    case 'send':
      for (const item of node.oneOrMore()) {
        addSend(collected, rule, said, item);
      }
      return;
    case 'set':
      addSet(said, node);
      return;
    case 'remove':
      addRemove(said, node);
      return;
    case 'deidentify':
      only(said.deidentify, node, action);
      said.deidentify = node.text('research').trim();
      collected.refer({ rule, kind: 'profile', name: said.deidentify, legal: false }, node.place);
      return;
    case 'prefetch':
      only(said.prefetch, node, action);
      said.prefetch = parsePrefetch(node);
      return;
    default:
      if (!node.truth()) {
        node.fail('A rule after which the others are looked at says nothing of it. Leave "stop" out.');
      }
      said.stop = true;
  }
}

function only(before: unknown, node: DocumentNode, action: string): void {
  if (before !== undefined) {
    node.fail(`"${action}" stands in this rule a second time. Leave one of them out.`);
  }
}

function addSend(collected: Collected, rule: string, said: Said, node: DocumentNode): void {
  const send = node.isMap ? parseSend(node) : { to: node.text('ws1').trim(), priority: 'routine' as const };
  if (said.sends.some(({ to }) => to === send.to)) {
    node.fail(`This rule sends to "${short(send.to)}" twice. Leave one of them out.`);
  }
  if (said.sends.length >= MOST_SENDS) {
    node.fail(`One rule sends to at most ${MOST_SENDS} destinations.`);
  }
  const place = node.isMap ? (node.get('to') ?? node).place : node.place;
  collected.refer({ rule, kind: 'destination', name: send.to, legal: send.legal !== undefined }, place);
  said.sends.push(send);
}

function parseSend(node: DocumentNode): RuleSend {
  node.onlyKeys(SEND_KEYS, SEND_EXAMPLE);
  const to = (node.get('to') ?? node.fail(`It is not said where to send to. Write for instance: ${SEND_EXAMPLE}`))
    .text('ws1')
    .trim();
  const priority = node.get('class');
  const syntax = node.get('syntax');
  const hold = node.get('hold')?.oneOrMore().map(parseWindow);
  const legal = parseLegal(node);
  return {
    to,
    priority: priority === undefined ? 'routine' : parseClass(priority),
    ...(syntax === undefined ? {} : { transferSyntaxUid: syntaxOf(syntax) }),
    ...(legal === undefined ? {} : { legal }),
    ...(hold === undefined ? {} : { hold: nonEmpty(hold, node) }),
  };
}

function nonEmpty(hold: readonly TimeWindow[], node: DocumentNode): readonly TimeWindow[] {
  return hold.length > 0 ? hold : node.fail('"hold" names no time. Write for instance: hold: "18:00-06:00"');
}

function parseLegal(node: DocumentNode): LegalBasis | undefined {
  const basis = node.get('basis');
  const evidence = node.get('evidence');
  if (basis === undefined) {
    return evidence === undefined
      ? undefined
      : evidence.fail('"evidence" shows what "basis" says. Add for instance: basis: consultation');
  }
  const text = basis.text('consultation');
  const legal =
    parseLegalBasis(text) ??
    basis.fail(`"${short(text)}" is no legal basis.${didYouMean(text, LEGAL_WORDS)} Known are ${LEGAL_WORDS.join(', ')}.`);
  const paper = evidence?.text('HĐ 12/2026').trim();
  if (paper !== undefined && (paper === '' || paper.length > 200)) {
    evidence?.fail('Evidence has 1 to 200 characters: the number or name of a paper.');
  }
  return { basis: legal, ...(paper === undefined ? {} : { evidence: paper }) };
}

function parseClass(node: DocumentNode): DeliveryClass {
  const text = node.text('routine');
  return (
    DELIVERY_CLASSES.find((known) => known === text) ??
    node.fail(`"${short(text)}" is no class.${didYouMean(text, DELIVERY_CLASSES)} Known are ${DELIVERY_CLASSES.join(', ')}.`)
  );
}

function syntaxOf(node: DocumentNode): string {
  const text = node.text('jpeg-ls-lossless').trim();
  return (
    parseSyntax(text) ??
    node.fail(
      `"${short(text)}" is no transfer syntax that is sent without loss.${didYouMean(text, SYNTAX_NAMES)} Known are ${SYNTAX_NAMES.join(', ')}.`,
    )
  );
}

function knownTag(node: DocumentNode, name: string, place: Place): { readonly tag: TagKey; readonly vr: Vr } {
  const parsed = parseTag(name);
  return 'fault' in parsed ? node.failAt(place, parsed.fault) : parsed;
}

function addSet(said: Said, node: DocumentNode): void {
  for (const { name, place } of node.keys('{ InstitutionName: BVĐK Sa Đéc }')) {
    const parsed = knownTag(node, name, place);
    const value = node.get(name) ?? node.failAt(place, `${name} has no value. To empty it, write: remove: [${name}]`);
    const text = value.text('BVĐK Sa Đéc').trim();
    const fault = settingFault(parsed.tag, parsed.vr, name, text);
    if (fault !== undefined) {
      value.fail(fault);
    }
    if (said.set.some(({ tag }) => tag === parsed.tag)) {
      node.failAt(place, `${name} is set a second time. Leave one of them out.`);
    }
    said.set.push({ tag: parsed.tag, value: text });
  }
  if (said.set.length === 0 || said.set.length > MOST_ATTRIBUTES) {
    node.fail(`One to ${MOST_ATTRIBUTES} attributes are set. Write for instance: { InstitutionName: BVĐK Sa Đéc }`);
  }
}

function addRemove(said: Said, node: DocumentNode): void {
  for (const item of node.oneOrMore()) {
    const name = item.text('PatientTelephoneNumbers');
    const parsed = knownTag(item, name, item.place);
    if (!isPrivateTag(parsed.tag)) {
      const fault = settingFault(parsed.tag, 'LO', name, '');
      if (fault !== undefined) {
        item.fail(fault);
      }
    }
    if (said.remove.includes(parsed.tag)) {
      item.fail(`${name} is removed twice. Leave one of them out.`);
    }
    said.remove.push(parsed.tag);
  }
  if (said.remove.length === 0 || said.remove.length > MOST_ATTRIBUTES) {
    node.fail(`One to ${MOST_ATTRIBUTES} attributes are removed. Write for instance: [PatientTelephoneNumbers]`);
  }
}

function parsePrefetch(node: DocumentNode): RulePrefetch {
  node.onlyKeys(['priors', 'modality', 'class'], PREFETCH_EXAMPLE);
  const priors = (node.get('priors') ?? node.fail(`It is not said how many. Write for instance: ${PREFETCH_EXAMPLE}`)).integer(
    1,
    MOST_PRIORS,
  );
  const modality = node.get('modality');
  const priority = node.get('class');
  return {
    priors,
    modality: modality === undefined ? 'any' : parseModalities(modality),
    priority: priority === undefined ? 'backfill' : parseClass(priority),
  };
}

function parseModalities(node: DocumentNode): RulePrefetch['modality'] {
  if (!node.isList) {
    const text = node.text('same').trim();
    if (text === 'same' || text === 'any') {
      return text;
    }
  }
  const codes = node.oneOrMore().map((item) => {
    const code = item.text('CT').trim();
    return /^[A-Z0-9_ ]{1,16}$/.test(code)
      ? code
      : item.fail(`"${short(code)}" is no modality. Write same, any, or codes as [CT, MR].`);
  });
  return codes.length > 0 && codes.length <= MOST_SENDS
    ? codes
    : node.fail('No modality stands here. Write same, any, or codes as [CT, MR].');
}
