import { type DataSet, type MutableDataSet, TAG } from '@filmless/dicom';
import { instanceFacts, seriesFacts, studyFacts } from '../../src/core/describe.ts';
import type { NewInstance } from '../../src/core/index-port.ts';
import { attribute } from './objects.ts';

/** An instance to search for, with the header it is found by. */
export interface Case {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly header: DataSet;
}

/** The header without its pixels, as an indexed instance; those given first are received first. */
export function indexed(found: Case, order: number, facility = 'main'): NewInstance {
  return {
    studyInstanceUid: found.study,
    seriesInstanceUid: found.series,
    study: studyFacts(found.header, found.study, 'MAIN-ID'),
    series: seriesFacts(found.header, found.study, found.series),
    instance: {
      ...instanceFacts(found.header),
      sopInstanceUid: found.sop,
      sopClassUid: String(found.header[TAG.SOPClassUID]?.Value?.[0] ?? '1.2'),
      transferSyntaxUid: '1.2.840.10008.1.2.1',
      frameCount: 1,
      size: 1000,
      dataSetOffset: 300,
      sha256: String(order).padStart(64, '0'),
      receivedAt: new Date(Date.UTC(2026, 0, 1) + order * 1000).toISOString(),
      objectKey: `00/${order}.dcm`,
      inflatedKey: null,
      sender: null,
    },
    header: found.header,
    bulk: [],
    frames: { kind: 'none', count: 0 },
    facility,
    verified: true,
  };
}

/** A small repeatable source of random numbers below 1. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export const NAMES = [
  'Đỗ^Thị Dương',
  'DO^THI DUONG',
  'Nguyễn^Văn An',
  'NGUYEN VAN AN 65T',
  'Nguyen^Van^Anh',
  'Trần Thị Ước',
  'Yamada^Tarou',
] as const;

const POOLS = {
  [TAG.PatientID]: ['LO', 'P1', 'P2', 'p1', 'P[1]', 'P*'],
  [TAG.AccessionNumber]: ['SH', 'A1', 'A2', 'A10', 'B-1/2'],
  [TAG.StudyDate]: ['DA', '20260101', '20260115', '20251231', '2026.01.02'],
  [TAG.StudyTime]: ['TM', '080000', '0930', '235959.5', '10'],
  [TAG.PatientBirthDate]: ['DA', '19700101', '19851224'],
  [TAG.PatientSex]: ['CS', 'M', 'F', 'O'],
  [TAG.StudyDescription]: ['LO', 'CT ngực', 'CT Ngực', 'CT bụng'],
  [TAG.StudyID]: ['SH', '1', '2'],
} as const;
const SERIES_POOLS = {
  [TAG.Modality]: ['CS', 'CT', 'MR', 'SR'],
  [TAG.SeriesDescription]: ['LO', 'axial', 'Axial 5mm', 'sagittal'],
  [TAG.BodyPartExamined]: ['CS', 'CHEST', 'HEAD'],
  [TAG.PerformedProcedureStepStartDate]: ['DA', '20260101', '20260102'],
} as const;
/** Of these no column knows: found in the stored header. */
const INSTANCE_POOLS = {
  '00080008': ['CS', 'ORIGINAL', 'DERIVED'],
  '00180060': ['DS', '120', '120.0', '80'],
  '0008002A': ['DT', '20260101080000', '20260101093000.5'],
  '00081070': ['PN', 'Trần^Bác', 'Lê^Cô'],
} as const;

type Pools = Readonly<Record<string, readonly string[]>>;

function drawn(pools: Pools, random: () => number): MutableDataSet {
  const result: MutableDataSet = {};
  for (const [tag, [vr = 'LO', ...values]] of Object.entries(pools)) {
    const at = Math.floor(random() * (values.length + 2));
    const value = values[at];
    if (value !== undefined) {
      const second = tag === '00080008' && random() < 0.5 ? ['PRIMARY'] : [];
      result[tag] = vr === 'PN' ? attribute('PN', { Alphabetic: value }) : attribute(vr as 'LO', value, ...second);
    } else if (at === values.length) {
      result[tag] = { vr: vr as 'LO' };
    }
  }
  return result;
}

/** Studies of one to three series of one to four instances, with attributes empty, absent and repeated. */
export function generateCases(studies: number, seed: number): readonly Case[] {
  const random = randomOf(seed);
  const cases: Case[] = [];
  for (let study = 1; study <= studies; study += 1) {
    const own = drawn(POOLS, random);
    const name = NAMES[Math.floor(random() * (NAMES.length + 1))];
    if (name !== undefined) {
      own[TAG.PatientName] = attribute(
        'PN',
        name.startsWith('Yamada')
          ? { Alphabetic: name, Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' }
          : { Alphabetic: name },
      );
    }
    for (let series = 1; series <= 1 + Math.floor(random() * 3); series += 1) {
      const shared = drawn(SERIES_POOLS, random);
      if (random() < 0.5) {
        const ids = [1, 2].map((item) => ({
          [TAG.ScheduledProcedureStepID]: attribute('SH', `S${item}`),
          [TAG.RequestedProcedureID]: attribute('SH', `R${series}`),
        }));
        shared[TAG.RequestAttributesSequence] = { vr: 'SQ', Value: ids };
      }
      for (let number = 1; number <= 1 + Math.floor(random() * 4); number += 1) {
        const ids = { study: `1.2.${study}`, series: `1.2.${study}.${series}`, sop: `1.2.${study}.${series}.${number}` };
        const header: DataSet = {
          ...own,
          ...shared,
          ...drawn(INSTANCE_POOLS, random),
          [TAG.SOPClassUID]: attribute('UI', random() < 0.5 ? '1.2.840.10008.5.1.4.1.1.2' : '1.2.840.10008.5.1.4.1.1.4'),
          [TAG.SOPInstanceUID]: attribute('UI', ids.sop),
          [TAG.StudyInstanceUID]: attribute('UI', ids.study),
          [TAG.SeriesInstanceUID]: attribute('UI', ids.series),
          [TAG.SeriesNumber]: attribute('IS', series),
          [TAG.InstanceNumber]: attribute('IS', number),
        };
        cases.push({ ...ids, header });
      }
    }
  }
  return cases;
}
