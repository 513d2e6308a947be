import type { BasisKind } from '../../api/destinations.ts';
import type { WrittenAction, WrittenConditions, WrittenRule, WrittenSend } from '../../api/rules.ts';
import { type TextKey, t } from '../../i18n/index.ts';

/** Separates values of one condition: commas stand in names and addresses. */
const BETWEEN = ';';

export interface TagForm {
  readonly name: string;
  readonly values: string;
  /** Values that hold the separator: they stay as they are, and are changed in the text. */
  readonly fixed: readonly string[] | undefined;
}

export interface SendForm {
  readonly to: string;
  readonly class: string;
  readonly syntax: string;
  readonly basis: BasisKind | '';
  readonly evidence: string;
  readonly hold: string;
}

export interface SetForm {
  readonly name: string;
  readonly value: string;
}

/** A rule as it stands in the form. */
export interface RuleForm {
  readonly name: string;
  readonly enabled: boolean;
  readonly callingAe: string;
  readonly address: string;
  readonly facility: readonly string[];
  readonly hours: string;
  readonly complete: boolean;
  readonly tags: readonly TagForm[];
  readonly sends: readonly SendForm[];
  readonly set: readonly SetForm[];
  readonly remove: string;
  readonly deidentify: string;
  readonly priors: string;
  /** `same`, `any`, or codes. */
  readonly priorsModality: string;
  readonly priorsClass: string;
  readonly stop: boolean;
}

export const NEW_SEND: SendForm = { to: '', class: 'routine', syntax: '', basis: '', evidence: '', hold: '' };

export function ruleForm(rule: WrittenRule | undefined): RuleForm {
  const when = rule?.when ?? {};
  const steps = rule?.then ?? [];
  const prefetch = steps.find((step) => step.prefetch !== undefined)?.prefetch;
  return {
    name: rule?.name ?? '',
    enabled: rule?.enabled ?? true,
    callingAe: joined(when.callingAe),
    address: joined(when.address),
    facility: when.facility ?? [],
    hours: joined(when.hours),
    complete: when.complete ?? false,
    tags: Object.entries(when.tags ?? {}).map(([name, wanted]) => tagForm(name, wanted)),
    sends: rule === undefined ? [NEW_SEND] : steps.flatMap(({ send }) => (send === undefined ? [] : [sendForm(send)])),
    set: steps.flatMap(({ set = {} }) => Object.entries(set).map(([name, value]) => ({ name, value }))),
    remove: joined(steps.flatMap(({ remove = [] }) => remove)),
    deidentify: steps.find((step) => step.deidentify !== undefined)?.deidentify ?? '',
    priors: prefetch === undefined ? '' : String(prefetch.priors),
    priorsModality: typeof prefetch?.modality === 'object' ? joined(prefetch.modality) : (prefetch?.modality ?? 'same'),
    priorsClass: prefetch?.class ?? 'backfill',
    stop: steps.some(({ stop }) => stop === true),
  };
}

function joined(values: readonly string[] = []): string {
  return values.join(`${BETWEEN} `);
}

function tagForm(name: string, wanted: readonly string[]): TagForm {
  const plain = wanted.every((value) => !value.includes(BETWEEN) && value === value.trim());
  return { name, values: joined(wanted), fixed: plain ? undefined : wanted };
}

function sendForm({ to, class: priority, syntax = '', basis, evidence = '', hold }: WrittenSend): SendForm {
  return { to, class: priority, syntax, basis: basis ?? '', evidence, hold: joined(hold) };
}

export type RuleFaults = Readonly<Partial<Record<'name' | 'sends' | 'priors', string>>>;

/** What has to be mended before the server is asked. */
export function ruleFaults(form: RuleForm, otherNames: readonly string[]): RuleFaults {
  const changes = form.deidentify !== '' || form.priors.trim() !== '' || form.set.length > 0 || form.remove.trim() !== '';
  const priors = Number(form.priors);
  const wrong: readonly (readonly [keyof RuleFaults, boolean, TextKey])[] = [
    ['name', form.name.trim() === '', 'common.fieldRequired'],
    ['name', otherNames.includes(form.name.trim()), 'rules.nameTaken'],
    ['sends', form.sends.some(({ to }) => to === ''), 'rules.chooseDestination'],
    ['sends', form.sends.length === 0 && changes, 'rules.changesWithoutSend'],
    ['sends', form.sends.length === 0 && !form.stop, 'rules.nothingToDo'],
    ['priors', form.priors.trim() !== '' && !(Number.isInteger(priors) && priors >= 1 && priors <= 50), 'rules.priorsWrong'],
  ];
  return Object.fromEntries(wrong.filter(([, fault]) => fault).map(([field, , key]) => [field, t(key)]));
}

/** The rule that a form stands for, in the order in which the server writes one. */
export function ruleOf(form: RuleForm): WrittenRule {
  const when = conditionsOf(form);
  return {
    name: form.name.trim(),
    ...(form.enabled ? {} : { enabled: false }),
    ...(Object.keys(when).length === 0 ? {} : { when }),
    [THEN]: actionsOf(form),
  };
}

/** A computed name, for an object that is no promise. */
const THEN = 'then';

function conditionsOf(form: RuleForm): WrittenConditions {
  const tags = form.tags
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, values, fixed }) => [name.trim(), fixed ?? listOf(values)] as const);
  return {
    ...someOf('callingAe', listOf(form.callingAe)),
    ...someOf('address', listOf(form.address)),
    ...someOf('facility', form.facility),
    ...(form.complete ? { complete: true } : {}),
    ...someOf('hours', listOf(form.hours)),
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
  };
}

function actionsOf(form: RuleForm): readonly WrittenAction[] {
  const { set, remove, deidentify, priors, priorsModality, priorsClass, stop } = form;
  const values = set.filter(({ name }) => name.trim() !== '');
  const modality = priorsModality === 'same' || priorsModality === 'any' ? priorsModality : listOf(priorsModality);
  return [
    ...form.sends.map((send) => ({ send: sendOf(send) })),
    ...(values.length === 0 ? [] : [{ set: Object.fromEntries(values.map(({ name, value }) => [name.trim(), value])) }]),
    ...(remove.trim() === '' ? [] : [{ remove: listOf(remove) }]),
    ...(deidentify === '' ? [] : [{ deidentify }]),
    ...(priors.trim() === '' ? [] : [{ prefetch: { priors: Number(priors), modality, class: priorsClass } }]),
    ...(stop ? [{ stop: true }] : []),
  ];
}

function sendOf({ to, class: priority, syntax, basis, evidence, hold }: SendForm): WrittenSend {
  return {
    to,
    class: priority,
    ...(syntax === '' ? {} : { syntax }),
    ...(basis === '' ? {} : { basis }),
    ...(basis === '' || evidence.trim() === '' ? {} : { evidence: evidence.trim() }),
    ...someOf('hold', listOf(hold)),
  };
}

function listOf(text: string): readonly string[] {
  return text
    .split(BETWEEN)
    .map((value) => value.trim())
    .filter(Boolean);
}

function someOf<K extends string>(key: K, values: readonly string[]): { readonly [P in K]?: readonly string[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { readonly [P in K]: readonly string[] });
}
