import { type DataSet, type MutableDataSet, TAG } from '@filmless/dicom';
import { instanceFacts, seriesFacts, studyFacts } from '../../src/core/describe.ts';
import type { NewInstance } from '../../src/core/index-port.ts';
import { attribute } from './objects.ts';

/*
 * Plausible studies for measurements, the same for the same seed: names of common syllables with the weights they have, dates of
 * ten years, modalities as a general hospital has them. Nobody is meant.
 */

const FAMILIES =
  'Nguyễn:38 Trần:12 Lê:9 Phạm:7 Hoàng:5 Phan:4 Vũ:4 Đặng:3 Bùi:3 Đỗ:3 Hồ:2 Ngô:2 Dương:2 Lý:1 Đinh:1 Trịnh:1 Mai:1';
const MIDDLES = 'Văn:20 Thị:25 Hữu:5 Đức:5 Minh:6 Ngọc:6 Thanh:5 Quang:4 Xuân:3 Hồng:3';
const GIVEN =
  'An:3 Bình:3 Châu:2 Dũng:3 Hà:3 Hải:3 Hạnh:2 Hiền:2 Hòa:2 Hùng:3 Hương:3 Lan:3 Linh:3 Long:2 Mai:2 Nam:3 Nga:2 Phúc:2 Phương:3 Sơn:2 Tâm:2 Thảo:2 Thủy:2 Trang:2 Tuấn:3 Vinh:1 Yến:2';
const MODALITIES = 'CT:40 MR:20 DX:15 US:10 CR:5 MG:4 XA:3 NM:2 PT:1';
const PARTS = 'CHEST:30 ABDOMEN:20 HEAD:20 SPINE:12 PELVIS:6 KNEE:6 HAND:3 FOOT:3';
const SOP_CLASSES: Readonly<Record<string, string>> = {
  CT: '1.2.840.10008.5.1.4.1.1.2',
  MR: '1.2.840.10008.5.1.4.1.1.4',
  DX: '1.2.840.10008.5.1.4.1.1.1.1',
  US: '1.2.840.10008.5.1.4.1.1.6.1',
  CR: '1.2.840.10008.5.1.4.1.1.1',
  MG: '1.2.840.10008.5.1.4.1.1.1.2',
  XA: '1.2.840.10008.5.1.4.1.1.12.1',
  NM: '1.2.840.10008.5.1.4.1.1.20',
  PT: '1.2.840.10008.5.1.4.1.1.128',
};

type Random = () => number;

/** Draws from a weighted list: `CT:40 MR:20`. */
function drawer(weighted: string): (random: Random) => string {
  const bag = weighted.split(' ').flatMap((entry) => {
    const [value = '', weight = '1'] = entry.split(':');
    return Array.from({ length: Number(weight) }, () => value);
  });
  return (random) => bag[Math.floor(random() * bag.length)] ?? '';
}

const family = drawer(FAMILIES);
const middle = drawer(MIDDLES);
const given = drawer(GIVEN);
const modality = drawer(MODALITIES);
const bodyPart = drawer(PARTS);

/** Root of the UIDs: by the study's number and below. PS3.5 B.2. */
const ROOT = '2.25.7260';
const TEN_YEARS = 3650;
const DAY_MS = 86_400_000;
/** Neighbouring studies are far apart; every patient and every day comes once before any comes again. */
const PATIENTS_STEP = 7919;
const DAYS_STEP = 2741;
const LAST_DAY = Date.UTC(2026, 5, 30);
const two = (value: number) => String(value).padStart(2, '0');

interface Person {
  readonly id: string;
  readonly name: string;
  readonly birth: string;
  readonly sex: string;
}

/** The same number is the same person. */
function person(number: number, randomOf: (seed: number) => Random): Person {
  const random = randomOf(number * 7919 + 1);
  return {
    id: `BN${String(number).padStart(7, '0')}`,
    name: `${family(random)}^${middle(random)} ${given(random)}`,
    birth: `${1930 + Math.floor(random() * 90)}${two(1 + Math.floor(random() * 12))}${two(1 + Math.floor(random() * 28))}`,
    sex: random() < 0.5 ? 'F' : 'M',
  };
}

export interface LargeStudy {
  /** The first instance of each series, and how many of its like follow. */
  readonly series: readonly { readonly first: NewInstance; readonly instances: number }[];
}

/** Study number `index` of `studies`, with so many instances in one to four series. */
export function largeStudy(index: number, studies: number, instances: number, randomOf: (seed: number) => Random): LargeStudy {
  const random = randomOf(index + 1);
  // The first number hardly differs between neighbouring seeds.
  random();
  const patient = person((index * PATIENTS_STEP) % Math.ceil(studies * 0.7), randomOf);
  const kind = modality(random);
  const part = bodyPart(random);
  const day = new Date(LAST_DAY - ((index * DAYS_STEP) % TEN_YEARS) * DAY_MS);
  const date = `${day.getUTCFullYear()}${two(day.getUTCMonth() + 1)}${two(day.getUTCDate())}`;
  const time = `${two(6 + Math.floor(random() * 14))}${two(Math.floor(random() * 60))}${two(Math.floor(random() * 60))}`;
  const uid = `${ROOT}.${index + 1}`;
  const study: DataSet = {
    [TAG.SpecificCharacterSet]: attribute('CS', 'ISO_IR 192'),
    [TAG.StudyDate]: attribute('DA', date),
    [TAG.StudyTime]: attribute('TM', time),
    [TAG.AccessionNumber]: attribute('SH', `AC${String(index + 1).padStart(8, '0')}`),
    [TAG.ReferringPhysicianName]: attribute('PN', { Alphabetic: `${family(random)}^${middle(random)} ${given(random)}` }),
    [TAG.StudyDescription]: attribute('LO', `${kind} ${part}`),
    [TAG.PatientName]: attribute('PN', { Alphabetic: patient.name }),
    [TAG.PatientID]: attribute('LO', patient.id),
    [TAG.PatientBirthDate]: attribute('DA', patient.birth),
    [TAG.PatientSex]: attribute('CS', patient.sex),
    [TAG.StudyInstanceUID]: attribute('UI', uid),
    [TAG.StudyID]: attribute('SH', String(index + 1)),
  };
  const count = 1 + Math.floor(random() * 4);
  return {
    series: Array.from({ length: count }, (_, at) => ({
      first: firstOf(study, { uid, number: at + 1, kind, part, date }),
      instances: Math.floor(instances / count) + (at < instances % count ? 1 : 0),
    })),
  };
}

interface SeriesOf {
  readonly uid: string;
  readonly number: number;
  readonly kind: string;
  readonly part: string;
  readonly date: string;
}

function firstOf(study: DataSet, { uid, number, kind, part, date }: SeriesOf): NewInstance {
  const seriesUid = `${uid}.${number}`;
  const sopUid = `${seriesUid}.1`;
  const sopClass = SOP_CLASSES[kind] ?? '';
  const header: MutableDataSet = {
    ...study,
    [TAG.SOPClassUID]: attribute('UI', sopClass),
    [TAG.SOPInstanceUID]: attribute('UI', sopUid),
    [TAG.Modality]: attribute('CS', kind),
    [TAG.SeriesDescription]: attribute('LO', `${part} ${number}`),
    [TAG.BodyPartExamined]: attribute('CS', part),
    [TAG.SeriesInstanceUID]: attribute('UI', seriesUid),
    [TAG.SeriesNumber]: attribute('IS', number),
    [TAG.InstanceNumber]: attribute('IS', 1),
    [TAG.Rows]: attribute('US', 512),
    [TAG.Columns]: attribute('US', 512),
    [TAG.BitsAllocated]: attribute('US', 16),
  };
  return {
    studyInstanceUid: uid,
    seriesInstanceUid: seriesUid,
    study: studyFacts(header, uid, 'main'),
    series: seriesFacts(header, uid, seriesUid),
    instance: {
      ...instanceFacts(header),
      sopInstanceUid: sopUid,
      sopClassUid: sopClass,
      transferSyntaxUid: '1.2.840.10008.1.2.1',
      frameCount: 1,
      size: 525_000,
      dataSetOffset: 330,
      sha256: 'a'.repeat(64),
      receivedAt: `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T20:00:00.000Z`,
      objectKey: `large/${sopUid}.dcm`,
      inflatedKey: null,
      sender: null,
    },
    header,
    bulk: [],
    frames: { kind: 'none', count: 0 },
    facility: 'main',
    verified: true,
  };
}
