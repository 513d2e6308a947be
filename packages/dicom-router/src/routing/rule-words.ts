import type { DeliveryClass, LegalBasis } from './decision.ts';
import { legalInVietnamese } from './legal-words.ts';
import { printTag } from './print-rule.ts';
import type { Rule, RuleConditions, RulePrefetch, RuleSend, TimeWindow } from './rule.ts';
import { syntaxName } from './syntax-names.ts';
import { formatTimeWindow } from './time-window.ts';

export type RuleLanguage = 'vi' | 'en';

interface Phrases {
  readonly all: string;
  readonly from: (values: string) => string;
  readonly address: (values: string) => string;
  readonly facility: (values: string) => string;
  readonly complete: string;
  readonly hours: (values: string) => string;
  readonly tag: (name: string, values: string) => string;
  readonly empty: string;
  readonly or: string;
  readonly send: (to: string) => string;
  readonly syntax: (name: string) => string;
  readonly hold: (times: string) => string;
  readonly legal: (legal: LegalBasis) => string;
  readonly classes: Readonly<Record<DeliveryClass, string>>;
  readonly set: (name: string, value: string) => string;
  readonly remove: (names: string) => string;
  readonly deidentify: (profile: string) => string;
  readonly priors: (prefetch: RulePrefetch, modality: string) => string;
  readonly stop: string;
  readonly off: string;
}

const VI: Phrases = {
  all: 'Mọi ảnh',
  from: (values) => `từ máy ${values}`,
  address: (values) => `từ địa chỉ ${values}`,
  facility: (values) => `của cơ sở ${values}`,
  complete: 'khi ca chụp đã đủ ảnh',
  hours: (values) => `đến trong giờ ${values}`,
  tag: (name, values) => `có ${name} là ${values}`,
  empty: 'trống',
  or: ' hoặc ',
  send: (to) => `gửi tới ${to}`,
  syntax: (name) => `dạng nén ${name}`,
  hold: (times) => `chỉ gửi trong giờ ${times}`,
  legal: ({ basis, evidence }) => `căn cứ: ${legalInVietnamese(basis)}${evidence === undefined ? '' : ` (${evidence})`}`,
  classes: { emergency: 'loại cấp cứu', consultation: 'loại hội chẩn', routine: 'loại thường', backfill: 'loại bổ sung' },
  set: (name, value) => `ghi ${name} = "${value}"`,
  remove: (names) => `xóa ${names}`,
  deidentify: (profile) => `khử định danh theo "${profile}"`,
  priors: ({ priors }, modality) => `kèm ${priors} ca chụp cũ gần nhất${modality === '' ? '' : ` (${modality})`}`,
  stop: 'không xét các quy tắc sau',
  off: 'đang tắt',
};

const EN: Phrases = {
  all: 'Every image',
  from: (values) => `from the machine ${values}`,
  address: (values) => `from the address ${values}`,
  facility: (values) => `of the facility ${values}`,
  complete: 'once its study is complete',
  hours: (values) => `that arrives between ${values}`,
  tag: (name, values) => `whose ${name} is ${values}`,
  empty: 'empty',
  or: ' or ',
  send: (to) => `is sent to ${to}`,
  syntax: (name) => `as ${name}`,
  hold: (times) => `only between ${times}`,
  legal: ({ basis, evidence }) => `legal basis: ${basis}${evidence === undefined ? '' : ` (${evidence})`}`,
  classes: {
    emergency: 'class emergency',
    consultation: 'class consultation',
    routine: 'class routine',
    backfill: 'class backfill',
  },
  set: (name, value) => `with ${name} = "${value}"`,
  remove: (names) => `without ${names}`,
  deidentify: (profile) => `de-identified by "${profile}"`,
  priors: ({ priors }, modality) => `with the ${priors} latest earlier studies${modality === '' ? '' : ` (${modality})`}`,
  stop: 'later rules do not look at it',
  off: 'switched off',
};

const PHRASES: Readonly<Record<RuleLanguage, Phrases>> = { vi: VI, en: EN };

/** A rule as a sentence: `Mọi ảnh từ máy CT01 có Modality là CT: gửi tới tinh, loại thường.` */
export function ruleInWords(
  { enabled, when, actions: { sends, set, remove, deidentify, prefetch, stop } }: Rule,
  language: RuleLanguage,
): string {
  const phrases = PHRASES[language];
  const subject = [phrases.all, ...conditionWords(when, phrases)].join(' ');
  const words = [
    ...sends.map((send) => sendWords(send, phrases)),
    ...(deidentify === undefined ? [] : [phrases.deidentify(deidentify)]),
    ...set.map(({ tag, value }) => phrases.set(printTag(tag), value)),
    ...(remove.length === 0 ? [] : [phrases.remove(remove.map(printTag).join(', '))]),
    ...(prefetch === undefined ? [] : [phrases.priors(prefetch, modalityWords(prefetch.modality, language))]),
    ...(stop ? [phrases.stop] : []),
  ];
  return `${subject}: ${words.join('; ')}${enabled ? '' : ` (${phrases.off})`}.`;
}

function conditionWords(when: RuleConditions, phrases: Phrases): readonly string[] {
  const { callingAe, address, facility, complete, hours, tags = [] } = when;
  const any = (values: readonly string[]) => values.join(phrases.or);
  return [
    ...(callingAe === undefined ? [] : [phrases.from(any(callingAe))]),
    ...(address === undefined ? [] : [phrases.address(any(address))]),
    ...(facility === undefined ? [] : [phrases.facility(any(facility))]),
    ...tags.map(({ name, wanted }) => phrases.tag(name, any(wanted.map((value) => valueWords(value, phrases))))),
    ...(hours === undefined ? [] : [phrases.hours(times(hours, phrases))]),
    ...(complete === undefined ? [] : [phrases.complete]),
  ];
}

function valueWords(value: string, { empty }: Phrases): string {
  return value === '' || value === '""' ? empty : `"${value}"`;
}

function sendWords({ to, priority, transferSyntaxUid, legal, hold }: RuleSend, phrases: Phrases): string {
  return [
    phrases.send(to),
    phrases.classes[priority],
    ...(transferSyntaxUid === undefined ? [] : [phrases.syntax(syntaxName(transferSyntaxUid))]),
    ...(hold === undefined ? [] : [phrases.hold(times(hold, phrases))]),
    ...(legal === undefined ? [] : [phrases.legal(legal)]),
  ].join(', ');
}

function times(windows: readonly TimeWindow[], { or }: Phrases): string {
  return windows.map(formatTimeWindow).join(or);
}

function modalityWords(modality: RulePrefetch['modality'], language: RuleLanguage): string {
  if (modality === 'any') {
    return '';
  }
  if (modality === 'same') {
    return language === 'vi' ? 'cùng loại máy' : 'of the same modality';
  }
  return modality.join(', ');
}
