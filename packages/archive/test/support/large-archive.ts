import type { DataSet } from '@filmless/dicom';
import { instanceFacts, seriesFacts, studyFacts } from '../../src/core/describe.ts';
import type { NewInstance } from '../../src/core/index-port.ts';
import { type Attributes, headerFrom, IMAGE_KINDS, type ImageKind } from './large-headers.ts';
import { drawerOf, personNameOf, type Random, randomFrom } from './person-names.ts';

/*
 * What a province's hospitals send in ten years, in the order in which they send it, the same each time: five instances a study, most of them X-rays and
 * ultrasound. Four facilities share it, one in a hundred studies is shown to another facility.
 */

export const FACILITIES = ['main', 'east', 'west', 'clinic'] as const;
const facility = drawerOf('main:70 east:20 west:8 clinic:2');
const modality = drawerOf('DX:450 US:352 CR:100 CT:30 ES:30 MG:20 SR:8 MR:6 XA:4');
const part = drawerOf('CHEST:40 ABDOMEN:24 HEAD:8 SPINE:8 KNEE:6 HAND:4 FOOT:4 PELVIS:3 BREAST:2 NECK:1');
const PARTS_IN_WORDS: Readonly<Record<string, string>> = {
  CHEST: 'ngực',
  ABDOMEN: 'bụng',
  HEAD: 'sọ não',
  SPINE: 'cột sống',
  KNEE: 'khớp gối',
  HAND: 'bàn tay',
  FOOT: 'bàn chân',
  PELVIS: 'khung chậu',
  BREAST: 'tuyến vú',
  NECK: 'tuyến giáp',
};
const KINDS_IN_WORDS: Readonly<Record<string, string>> = {
  DX: 'X quang',
  CR: 'X quang',
  US: 'Siêu âm',
  MG: 'X quang',
  ES: 'Nội soi',
};

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2016, 6, 1);
const DAYS = 3652;
/** Sunday to Saturday: hospitals rest, emergencies do not. */
const WEEK = [0.35, 1.15, 1.15, 1.1, 1.1, 1.1, 0.6];
/** Machines write UIDs of their own root, the time and a counter: neighbours in time are neighbours in an index. PS3.5 B.1. */
const MACHINE = '2.25.318721029384756102938';
const HOSPITAL = '2.25.571920384756102938475';
/** Two of five studies are of a patient who was not there before. */
const PATIENTS = 0.4;

/** A run of the object store, by name. */
const RUN = 'rmwrmpsuk3f79405b';

/** Numbers of studies behind all of an archive. */
const LATER = 10_000_000;

const two = (value: number) => String(value).padStart(2, '0');

/** What differs between the instances of a series beside number and place. */
interface InstanceNames {
  readonly sop: string;
  readonly sha256: string;
  readonly receivedAt: string;
  readonly objectKey: string;
}

/** A series of like instances. */
export interface LargeSeries {
  readonly instances: number;
  /** Instance `number`, from 1. */
  instance(number: number): NewInstance;
  names(number: number): InstanceNames;
}

export interface LargeStudy {
  readonly studyInstanceUid: string;
  readonly facility: string;
  readonly series: readonly LargeSeries[];
  /** Another facility that may see it. */
  readonly sharedWith: string | undefined;
}

interface Patient {
  readonly id: string;
  readonly name: string;
  readonly birthDate: string;
  readonly sex: 'M' | 'F';
}

/** The same number is the same person. */
function patientOf(number: number): Patient {
  const random = randomFrom(number + 1);
  const sex = random() < 0.52 ? 'F' : 'M';
  // Of old people the day is often not known.
  const year = 1935 + Math.floor(85 * random());
  const isKnown = year > 1960 || random() < 0.5;
  return {
    id: String(number + 1).padStart(10, '0'),
    name: personNameOf(sex, random),
    birthDate: isKnown ? `${year}${two(1 + Math.floor(random() * 12))}${two(1 + Math.floor(random() * 28))}` : `${year}0101`,
    sex,
  };
}

/** Studies of each day: more from year to year, few on Sundays. */
function studiesOfDays(studies: number): readonly number[] {
  const weights = Array.from({ length: DAYS }, (_, day) => {
    const weekday = new Date(FIRST_DAY + day * DAY_MS).getUTCDay();
    return (WEEK[weekday] ?? 1) * (1 + (0.5 * day) / DAYS);
  });
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let [before, given] = [0, 0];
  return weights.map((weight) => {
    before += weight;
    const count = Math.round((before / whole) * studies) - given;
    given += count;
    return count;
  });
}

/** All studies, the oldest first. */
export function* largeArchive(studies: number): Generator<LargeStudy> {
  let number = 0;
  for (const [day, count] of studiesOfDays(studies).entries()) {
    const random = randomFrom(day + 7_000_000);
    // From half past six to eight in the evening, most of them in the morning.
    const times = Array.from({ length: count }, () => Math.floor(23_400 + 48_600 * random() * (0.4 + 0.6 * random())));
    for (const second of times.sort((one, other) => one - other)) {
      number += 1;
      yield studyOf(number, Math.ceil(studies * PATIENTS), new Date(FIRST_DAY + day * DAY_MS + second * 1000));
    }
  }
}

/** Studies of the day after the last, of patients who were there before; another `run` makes others. */
export function* laterStudies(count: number, studies: number, run: number): Generator<LargeStudy> {
  const patients = Math.ceil(studies * PATIENTS);
  for (let index = 0; index < count; index += 1) {
    const at = new Date(FIRST_DAY + (DAYS + run) * DAY_MS + 23_400_000 + index * 45_000);
    yield studyOf(LATER + run * 1_000_000 + index, patients, at);
  }
}

interface Context {
  /** Of the study, from 1. */
  readonly number: number;
  readonly uid: string;
  readonly at: Date;
  readonly date: string;
  readonly time: string;
  readonly facility: string;
  readonly kind: string;
  readonly part: string;
  readonly attributes: Attributes;
}

function studyOf(number: number, patients: number, at: Date): LargeStudy {
  const random = randomFrom(number);
  const patient = patientOf(Math.floor(random() * patients));
  const owner = facility(random);
  const kind = modality(random);
  const bodyPart = part(random);
  const iso = at.toISOString();
  const [date, time] = [iso.slice(0, 10).replaceAll('-', ''), iso.slice(11, 19).replaceAll(':', '')];
  const accession = `${date.slice(2)}${String(number).padStart(8, '0').slice(-8)}`;
  const uid = `${HOSPITAL}.${date}.${accession}`;
  const isPlain = owner === 'clinic';
  const attributes: Attributes = {
    SpecificCharacterSet: 'ISO_IR 192',
    InstanceCreationDate: date,
    InstanceCreationTime: `${time}.000000`,
    StudyDate: date,
    SeriesDate: date,
    AcquisitionDate: date,
    StudyTime: `${time}.000000`,
    SeriesTime: `${time}.000000`,
    AccessionNumber: accession,
    ReferringPhysicianName: personNameOf(random() < 0.5 ? 'M' : 'F', randomFrom(number % 997)),
    StationName: `${kind}${owner.slice(0, 1).toUpperCase()}1`,
    StudyDescription: `${KINDS_IN_WORDS[kind] ?? kind} ${PARTS_IN_WORDS[bodyPart] ?? ''}`.trim(),
    // A machine without a worklist writes what was typed there, and the age behind it.
    PatientName: isPlain ? `${plain(patient.name)} ${2026 - Number(patient.birthDate.slice(0, 4))}T` : patient.name,
    PatientID: patient.id,
    PatientBirthDate: patient.birthDate,
    PatientSex: patient.sex,
    BodyPartExamined: bodyPart,
    StudyInstanceUID: uid,
    StudyID: String(number % 10_000),
  };
  const context = { number, uid, at, date, time, facility: owner, kind, part: bodyPart, attributes };
  const others = FACILITIES.filter((one) => one !== owner);
  return {
    studyInstanceUid: uid,
    facility: owner,
    series: seriesOf(kind, random).map(({ kind: own, instances }, index) =>
      oneSeries({ ...context, kind: own }, index + 1, instances),
    ),
    sharedWith: random() < 0.01 ? others[number % others.length] : undefined,
  };
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Mn}+/gu, '')
    .replace(/[đĐ]/g, 'D')
    .toUpperCase()
    .replace('^', ' ');
}

/** How many series of how many instances a study of a modality has. */
function seriesOf(kind: string, random: Random): readonly { readonly kind: string; readonly instances: number }[] {
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const several = (count: number, low: number, high: number) =>
    Array.from({ length: count }, () => ({ kind, instances: between(low, high) }));
  switch (kind) {
    case 'CT':
      return [...several(between(1, 3), 10, 50), { kind: 'SR', instances: 1 }];
    case 'MR':
      return several(between(4, 6), 16, 24);
    case 'US':
      return several(1, 1, 8);
    case 'DX':
    case 'CR':
      return several(random() < 0.3 ? 2 : 1, 1, 1);
    case 'MG':
      return several(1, 4, 4);
    case 'XA':
      return several(between(2, 6), 1, 4);
    default:
      return several(1, 1, kind === 'ES' ? 8 : 1);
  }
}

function oneSeries(context: Context, number: number, instances: number): LargeSeries {
  const { kind, facility: owner, time, date } = context;
  const seriesUid = `${MACHINE}${owner.length}.${date}${time}${two(context.number % 100)}.${number}`;
  const image = IMAGE_KINDS[kind];
  if (image === undefined) {
    throw new Error(`no images of ${kind} are known`);
  }
  const shared: Attributes = {
    ...context.attributes,
    ...image.attributes,
    SOPClassUID: image.sopClassUid,
    Modality: kind,
    SeriesDescription: `${context.part} ${number}`,
    SeriesInstanceUID: seriesUid,
    SeriesNumber: number,
    ...(image.rows === 0 ? {} : { FrameOfReferenceUID: `${seriesUid}.0` }),
  };
  const seed = context.number * 8 + number;
  const names = (at: number): InstanceNames => ({
    sop: `${seriesUid}.${at}`,
    sha256: drawnDigits(seed, at, 64),
    receivedAt: new Date(context.at.getTime() + 60_000 + 500 * at).toISOString(),
    objectKey: `${RUN}/${two(Math.floor(context.number / 2000) % 100)}00/${drawnDigits(seed, -at, 32)}.dcm`,
  });
  const instance = (at: number): NewInstance => {
    const named = names(at);
    const place = 'SliceLocation' in shared ? { SliceLocation: placeOf(at) } : {};
    const header = headerFrom({ ...shared, ...place, SOPInstanceUID: named.sop, InstanceNumber: at }, image.rows > 0);
    return newInstance(context, { header, image, seriesUid, named });
  };
  return { instances, instance, names };
}

/** Where slice `number` lies, in mm. */
export function placeOf(number: number): number {
  return -120.5 + 5 * number;
}

interface One {
  readonly header: DataSet;
  readonly image: ImageKind;
  readonly seriesUid: string;
  readonly named: InstanceNames;
}

function newInstance({ uid, facility: owner }: Context, { header, image, seriesUid, named }: One): NewInstance {
  const { sop, ...others } = named;
  const hasFrame = image.rows > 0;
  const native = { kind: 'native', count: 1, offset: 2048, length: image.bytes, bitsPerFrame: 8 * image.bytes } as const;
  const coded = { kind: 'encapsulated', count: 1, frames: [[{ offset: 2064, length: image.bytes }]] } as const;
  return {
    studyInstanceUid: uid,
    seriesInstanceUid: seriesUid,
    study: studyFacts(header, uid, owner),
    series: seriesFacts(header, uid, seriesUid),
    instance: {
      ...instanceFacts(header),
      ...others,
      sopInstanceUid: sop,
      sopClassUid: image.sopClassUid,
      transferSyntaxUid: image.transferSyntaxUid,
      frameCount: hasFrame ? 1 : 0,
      size: image.bytes + 2600,
      dataSetOffset: 350,
      inflatedKey: null,
      sender: { callingAe: `${owner.toUpperCase()}1`, user: null, address: '10.0.0.11' },
    },
    header,
    bulk: [],
    frames: hasFrame ? (image.transferSyntaxUid.includes('.1.2.4.') ? coded : native) : { kind: 'none', count: 0 },
    facility: owner,
    verified: true,
  };
}

/** Hexadecimal digits as a hash has them. */
function drawnDigits(one: number, other: number, length: number): string {
  const random = randomFrom(Math.imul(one, 2_654_435_761) ^ Math.imul(other, 40_503));
  let digits = '';
  while (digits.length < length) {
    digits += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return digits;
}
