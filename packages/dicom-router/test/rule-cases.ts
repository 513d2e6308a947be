import type { DataSet } from '@filmless/dicom';
import * as fc from 'fast-check';
import type { DeliveryClass } from '../src/routing/decision.ts';
import type { Destination } from '../src/routing/destination.ts';

/** A rule as it is written, with what a person would say of it: nothing of the product's own form. */
export interface WrittenRule {
  readonly name: string;
  readonly enabled: boolean;
  readonly when: {
    readonly callingAe?: readonly string[];
    readonly address?: readonly string[];
    readonly facility?: readonly string[];
    readonly hours?: readonly string[];
    readonly complete?: true;
    readonly tags?: Readonly<Record<string, readonly string[]>>;
  };
  readonly sends: readonly { readonly to: string; readonly class: DeliveryClass; readonly hold?: string }[];
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
  readonly stop: boolean;
}

/** One instance of a case, by what rules may look at. */
export interface WrittenInstance {
  readonly modality: string;
  readonly service: string;
  readonly procedures: readonly string[];
  readonly patient: string;
  readonly day: string;
}

export interface RuleCase {
  readonly rules: readonly WrittenRule[];
  readonly source: {
    readonly kind: 'dimse' | 'stow';
    readonly callingAe: string;
    readonly address: string;
    readonly facility: string;
    readonly user: string;
  };
  readonly instances: readonly WrittenInstance[];
  /** Minute of the day it arrives. */
  readonly minute: number;
  readonly complete: boolean;
}

const AES = ['CT01', 'MR01', 'CR02', 'WS1'] as const;
/** Two that take what fits of themselves, a node that also sends, another facility. */
export const CASE_DESTINATIONS: readonly Destination[] = [
  { kind: 'folder', id: 'a', path: '/a', names: 'hashed', enabled: false },
  { kind: 'folder', id: 'b', path: '/b', names: 'hashed', enabled: false, site: 'Tỉnh', basis: { basis: 'referral' } },
  { kind: 'dicom', id: 'ws', aeTitle: 'WS1', host: '127.0.0.1', port: 1, enabled: false },
  {
    kind: 'dicom',
    id: 'own',
    aeTitle: 'OWN',
    host: '127.0.0.1',
    port: 1,
    enabled: false,
    when: { callingAes: ['CT01', 'WS1'], modalities: ['CT'] },
  },
];
const IDS = CASE_DESTINATIONS.map(({ id }) => id);

const some = <T>(values: readonly T[], maxLength = 2): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength });
const hours = fc.constantFrom('06:00-18:00', '18:00-06:00', '00:00-12:00', '11:30-11:31', '23:59-24:00', '7:00-07:30');

/** There in one of three. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const when = fc.record({
  callingAe: seldom(some(['CT01', 'CT*', '*01', '?R0?', 'WS1', '*', 'ct01'])),
  address: seldom(some(['10.0.0.0/24', '10.0.0.11', '0.0.0.0/0', '10.0.1.0/25', 'fd00::/8', '127.0.0.0/8'])),
  facility: seldom(some(['main', 'north'])),
  hours: seldom(some(['06:00-18:00', '18:00-06:00', '00:00-12:00', '11:30-11:31', '23:59-24:00', '7:00-07:30'])),
  complete: seldom(fc.constant(true as const)),
  tags: seldom(
    some(['Modality', 'RequestingService', 'RequestAttributesSequence.RequestedProcedureID', 'PatientName', 'StudyDate']),
  ),
});

const VALUES: Readonly<Record<string, readonly string[]>> = {
  Modality: ['CT', 'MR', 'ct', 'C?', '*', '""'],
  RequestingService: ['Khoa Ngoại*', 'khoa ngoai', 'KHOA NỘI', '*nội*', '""', '?*', 'Khoa ?goại'],
  'RequestAttributesSequence.RequestedProcedureID': ['RP1', 'RP2', 'RP*', '""'],
  PatientName: ['nguyen*', 'Đỗ Dương', 'Do^Duong', '*dương'],
  StudyDate: ['20260101-20260131', '20260115', '-20260110', '20260120-'],
};

const tagsWithValues = (names: readonly string[]): fc.Arbitrary<Record<string, readonly string[]>> =>
  fc.record(Object.fromEntries(names.map((name) => [name, some(VALUES[name] ?? ['x'])])));

const whenWithTags: fc.Arbitrary<WrittenRule['when']> = when.chain(({ tags, ...rest }) => {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as WrittenRule['when'];
  return tags === undefined ? fc.constant(given) : tagsWithValues(tags).map((valued) => ({ ...given, tags: valued }));
});

const send = (to: string) =>
  fc
    .record({
      class: fc.constantFrom<DeliveryClass>('emergency', 'consultation', 'routine', 'backfill'),
      hold: fc.option(hours, { nil: undefined, freq: 4 }),
    })
    .map(({ class: priority, hold }) => ({ to, class: priority, ...(hold === undefined ? {} : { hold }) }));

const rule = (index: number): fc.Arbitrary<WrittenRule> =>
  fc.record({
    name: fc.constant(`rule ${index}`),
    enabled: fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0),
    when: whenWithTags,
    sends: some(IDS, 3).chain((ids) => fc.tuple(...ids.map(send))),
    set: fc.constantFrom({}, {}, { InstitutionName: 'BVĐK Sa Đéc' }),
    remove: fc.constantFrom([], [], ['PatientTelephoneNumbers']),
    stop: fc.integer({ min: 0, max: 3 }).map((dice) => dice === 0),
  });

const instance: fc.Arbitrary<WrittenInstance> = fc.record({
  modality: fc.constantFrom('CT', 'CT', 'MR', 'SR', ''),
  service: fc.constantFrom('Khoa Ngoại', 'KHOA NGOAI TONG HOP', 'Khoa Nội', ''),
  procedures: fc.constantFrom([], ['RP1'], ['RP2', 'XX1']),
  patient: fc.constantFrom('Nguyễn^Văn An', 'Đỗ^Dương', ''),
  day: fc.constantFrom('20260101', '20260115', '20260131', ''),
});

export const ruleCase: fc.Arbitrary<RuleCase> = fc.record({
  rules: fc.integer({ min: 0, max: 5 }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => rule(index)))),
  source: fc.record({
    kind: fc.constantFrom<'dimse' | 'stow'>('dimse', 'dimse', 'stow'),
    callingAe: fc.constantFrom(...AES),
    address: fc.constantFrom('10.0.0.11', '10.0.1.200', 'fd00::1'),
    facility: fc.constantFrom('main', 'north'),
    user: fc.constantFrom('bác.sĩ', 'a', 'Tỉnh'),
  }),
  instances: fc.array(instance, { minLength: 1, maxLength: 3 }),
  minute: fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.constantFrom(0, 359, 360, 690, 691, 1079, 1080, 1439)),
  complete: fc.boolean(),
});

/** The document of a case. */
export function documentOf(rules: readonly WrittenRule[]): string {
  const actions = ({ sends, set, remove, stop }: WrittenRule) => [
    ...sends.map((each) => ({ send: each })),
    ...(Object.keys(set).length === 0 ? [] : [{ set }]),
    ...(remove.length === 0 ? [] : [{ remove }]),
    ...(stop ? [{ stop }] : []),
  ];
  const written = rules.map((each) =>
    Object.fromEntries([
      ['name', each.name],
      ['enabled', each.enabled],
      ['when', each.when],
      ['then', actions(each)],
    ]),
  );
  return JSON.stringify({ rules: written }, null, 2);
}

/** Attributes of an instance, but for its UIDs. */
export function attributesOf({ modality, service, procedures, patient, day }: WrittenInstance): DataSet {
  return {
    '00080020': day === '' ? { vr: 'DA' } : { vr: 'DA', Value: [day] },
    '00080060': modality === '' ? { vr: 'CS' } : { vr: 'CS', Value: [modality] },
    '00100010': patient === '' ? { vr: 'PN' } : { vr: 'PN', Value: [{ Alphabetic: patient }] },
    ...(service === '' ? {} : { '00321033': { vr: 'LO' as const, Value: [service] } }),
    ...(procedures.length === 0
      ? {}
      : {
          '00400275': {
            vr: 'SQ' as const,
            Value: procedures.map((id) => ({ '00401001': { vr: 'SH' as const, Value: [id] } })),
          },
        }),
  };
}
