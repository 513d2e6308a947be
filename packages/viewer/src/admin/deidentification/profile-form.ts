import {
  type Area,
  type NamedProfile,
  type Option,
  PLAIN_OPTIONS,
  type PlainOption,
  type Region,
  type Risk,
} from '../../api/deidentification.ts';
import { type TextKey, t } from '../../i18n/index.ts';

export interface RegionForm {
  readonly modality: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly sopClassUid: string;
  readonly rows: string;
  readonly columns: string;
  readonly hides: 'text' | 'face';
  readonly areas: readonly Area[];
}

/** A profile as it stands in the form. */
export interface ProfileForm {
  readonly name: string;
  readonly options: readonly PlainOption[];
  readonly dates: 'removed' | 'moved' | 'kept';
  readonly shiftDays: string;
  readonly pseudonymPrefix: string;
  readonly scope: string;
  readonly regions: readonly RegionForm[];
  readonly accept: readonly Risk[];
  /** One a line: `SIEMENS MR HEADER 0019 0C 0D`. */
  readonly keepPrivate: string;
}

export const NEW_REGION: RegionForm = {
  modality: '',
  manufacturer: '',
  model: '',
  sopClassUid: '',
  rows: '',
  columns: '',
  hides: 'text',
  areas: [],
};

export function profileForm(profile: NamedProfile | undefined): ProfileForm {
  const { options = [] } = profile ?? {};
  return {
    name: profile?.name ?? '',
    options: PLAIN_OPTIONS.filter((option) => options.includes(option)),
    dates: options.includes('retainFullDates') ? 'kept' : options.includes('retainModifiedDates') ? 'moved' : 'removed',
    shiftDays: profile?.shiftDays === undefined ? '' : String(profile.shiftDays),
    pseudonymPrefix: profile?.pseudonymPrefix ?? '',
    scope: profile?.scope ?? '',
    regions: (profile?.regions ?? []).map(regionForm),
    accept: profile?.accept ?? [],
    keepPrivate: (profile?.keepPrivate ?? [])
      .map(({ creator, group, elements = [] }) => [creator, group, ...elements].join(' '))
      .join('\n'),
  };
}

function regionForm({ when, areas, hides = 'text' }: Region): RegionForm {
  const { modality = '', manufacturer = '', model = '', sopClassUid = '', rows, columns } = when;
  return { modality, manufacturer, model, sopClassUid, rows: numberText(rows), columns: numberText(columns), hides, areas };
}

function numberText(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

export type ProfileFaults = Readonly<Partial<Record<'name' | 'shiftDays' | 'pseudonymPrefix' | 'scope' | 'keepPrivate', string>>>;

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const BLOCK = /^(\S.*?)\s+([0-9A-Fa-f]{3}[13579BDFbdf])((?:\s+[0-9A-Fa-f]{2})*)$/;

export function profileFaults(form: ProfileForm, otherNames: readonly string[]): ProfileFaults {
  const days = Number(form.shiftDays);
  const badDays = form.shiftDays.trim() !== '' && !(Number.isInteger(days) && days >= 1 && days <= 36_500);
  const wrong: readonly (readonly [keyof ProfileFaults, boolean, TextKey])[] = [
    ['name', !NAME.test(form.name.trim()), 'deidentification.nameWrong'],
    ['name', otherNames.includes(form.name.trim()), 'deidentification.nameTaken'],
    ['shiftDays', form.dates === 'moved' && badDays, 'deidentification.shiftDaysWrong'],
    ['pseudonymPrefix', !/^[A-Za-z0-9._-]{0,20}$/.test(form.pseudonymPrefix), 'deidentification.prefixWrong'],
    ['scope', form.scope.trim() !== '' && !NAME.test(form.scope.trim()), 'deidentification.nameWrong'],
    ['keepPrivate', linesOf(form.keepPrivate).some((line) => !BLOCK.test(line)), 'deidentification.keepPrivateWrong'],
  ];
  return Object.fromEntries(wrong.filter(([, fault]) => fault).map(([field, , key]) => [field, t(key)]));
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

export function profileOf(form: ProfileForm): NamedProfile {
  const { dates, options, shiftDays, regions, accept } = form;
  const dateOption: readonly Option[] = dates === 'kept' ? ['retainFullDates'] : dates === 'moved' ? ['retainModifiedDates'] : [];
  const keepPrivate = linesOf(form.keepPrivate).flatMap((line) => {
    const [, creator = '', group = '', elements = ''] = BLOCK.exec(line) ?? [];
    const listed = elements.trim().split(/\s+/).filter(Boolean);
    return creator === '' ? [] : [{ creator, group, elements: listed.length === 0 ? undefined : listed }];
  });
  return {
    name: form.name.trim(),
    options: [...dateOption, ...options],
    scope: form.scope.trim() || undefined,
    pseudonymPrefix: form.pseudonymPrefix || undefined,
    shiftDays: dates === 'moved' && shiftDays.trim() !== '' ? Number(shiftDays) : undefined,
    keepPrivate: options.includes('retainSafePrivate') && keepPrivate.length > 0 ? keepPrivate : undefined,
    regions: regions.length === 0 ? undefined : regions.map(regionOf),
    accept: accept.length === 0 ? undefined : accept,
  };
}

function regionOf({ modality, manufacturer, model, sopClassUid, rows, columns, hides, areas }: RegionForm): Region {
  return {
    when: {
      modality: modality.trim() || undefined,
      manufacturer: manufacturer.trim() || undefined,
      model: model.trim() || undefined,
      sopClassUid: sopClassUid.trim() || undefined,
      rows: numberOf(rows),
      columns: numberOf(columns),
    },
    areas,
    hides: hides === 'text' ? undefined : hides,
  };
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isInteger(value) ? undefined : value;
}

/** Which images a region is for, in one line. */
export function regionWords({ modality, manufacturer, model, rows, columns }: RegionForm): string {
  const size = rows === '' && columns === '' ? '' : `${columns || '?'}×${rows || '?'}`;
  return [modality, manufacturer, model, size].filter(Boolean).join(' · ') || t('deidentification.everyImage');
}
