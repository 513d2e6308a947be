import type { Destination } from '../../api/destinations.ts';
import type { WrittenConditions, WrittenRule, WrittenSend } from '../../api/rules.ts';
import { type TextKey, t, textOf } from '../../i18n/index.ts';

/** What is said of a destination. */
export type DestinationName = Pick<Destination, 'id' | 'site' | 'basis'>;

/** What ids of a rule stand for. */
export interface RuleNames {
  readonly destinations: readonly DestinationName[];
  facilityName(id: string): string;
}

/** A rule as a person says it: which images, and what is done with them. */
export interface RuleWords {
  readonly images: string;
  readonly actions: readonly string[];
}

/** Attributes that rules are mostly written for. */
export const COMMON_TAGS: readonly string[] = [
  'Modality',
  'RequestingService',
  'ReferringPhysicianName',
  'BodyPartExamined',
  'StudyDescription',
  'SeriesDescription',
  'ProtocolName',
  'InstitutionName',
  'InstitutionalDepartmentName',
  'StationName',
  'Manufacturer',
  'ManufacturerModelName',
  'AccessionNumber',
  'PatientID',
  'PatientSex',
  'PatientAge',
  'StudyDate',
];

/** What an attribute is called here, or its keyword. */
export function tagLabel(keyword: string): string {
  return textOf('rules', `tag_${keyword}`) ?? keyword;
}

export function ruleWords({ when = {}, then }: WrittenRule, names: RuleNames): RuleWords {
  const conditions = conditionWords(when, names);
  const steps = then.flatMap(({ send, set = {}, remove = [], deidentify, prefetch, stop }) => [
    ...(send === undefined ? [] : [sendWords(send, names)]),
    ...Object.entries(set).map(([name, value]) => t('rules.do_set', { name: tagLabel(name), value })),
    ...(remove.length === 0 ? [] : [t('rules.do_remove', { names: remove.map(tagLabel).join(', ') })]),
    ...(deidentify === undefined ? [] : [t('rules.do_deidentify', { profile: deidentify })]),
    ...(prefetch === undefined ? [] : [priorsWords(prefetch.priors, prefetch.modality)]),
    ...(stop === true ? [t('rules.do_stop')] : []),
  ]);
  return {
    images: conditions.length === 0 ? t('rules.images_all') : t('rules.images', { conditions: conditions.join(', ') }),
    actions: steps,
  };
}

function conditionWords(
  { callingAe, address, facility, tags = {}, hours, complete }: WrittenConditions,
  { facilityName }: RuleNames,
): readonly string[] {
  const some = (key: TextKey, values: readonly string[] | undefined) =>
    values === undefined || values.length === 0 ? [] : [t(key, { values: either(values) })];
  return [
    ...Object.entries(tags).map(([name, wanted]) =>
      t('rules.if_tag', { name: tagLabel(name), values: either(wanted.map(valueWords)) }),
    ),
    ...some('rules.if_callingAe', callingAe),
    ...some('rules.if_address', address),
    ...some('rules.if_facility', facility?.map(facilityName)),
    ...some('rules.if_hours', hours),
    ...(complete === true ? [t('rules.if_complete')] : []),
  ];
}

function either(values: readonly string[]): string {
  return values.join(` ${t('rules.or')} `);
}

function valueWords(value: string): string {
  return value === '' || value === '""' ? t('rules.value_empty') : value === '?*' ? t('rules.value_any') : `“${value}”`;
}

/** Where it goes, and how. */
function sendWords({ to, class: priority, syntax, basis, evidence, hold = [] }: WrittenSend, names: RuleNames): string {
  return [
    t('rules.do_send', { to: destinationName(to, names.destinations), class: classWords(priority) }),
    ...(hold.length === 0 ? [] : [t('rules.do_hold', { hours: either(hold) })]),
    ...(syntax === undefined ? [] : [t('rules.do_syntax', { syntax: syntaxWords(syntax) })]),
    ...(basis === undefined ? [] : [basisWords(basis, evidence)]),
  ].join(', ');
}

/** Its id, with the facility that it is. */
export function destinationName(id: string, destinations: readonly DestinationName[]): string {
  const site = destinations.find((destination) => destination.id === id)?.site;
  return site === undefined || site === id ? id : `${id} (${site})`;
}

export function classWords(priority: string): string {
  return textOf('rules', `class_${priority}`) ?? priority;
}

export function syntaxWords(syntax: string): string {
  return textOf('rules', `syntax_${syntax}`) ?? syntax;
}

export function basisWords(basis: string, evidence: string | undefined): string {
  const words = textOf('rules', `basis_${basis}`) ?? basis;
  return t('rules.do_basis', { basis: evidence === undefined ? words : `${words} (${evidence})` });
}

function priorsWords(count: number, modality: string | readonly string[]): string {
  const which = modality === 'any' ? '' : modality === 'same' ? t('rules.priors_same') : either([modality].flat());
  return which === '' ? t('rules.do_priors', { count }) : t('rules.do_priorsOf', { count, which });
}
