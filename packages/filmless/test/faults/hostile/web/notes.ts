import { type DataSet, writeDataSet } from '@filmless/dicom';
import { element, identity, itemEnd, itemStart, namesOf, sequenceEnd, UNDEFINED } from '../elements.ts';
import { type Place, stowed } from './stowed.ts';
import { JUDGED, NOT_STORED, REFUSED, type WebCase } from './web-attack.ts';

const KEY_OBJECT_SELECTION = '1.2.840.10008.5.1.4.1.1.88.59';
const COMMITMENT = '/dicom-web/commitment-requests/1.2.3';
const CT = '1.2.840.10008.5.1.4.1.1.2';

/** Rejected for Quality Reasons. PS3.16 CID 7011. */
const TITLE: DataSet = {
  '00080100': { vr: 'SH', Value: ['113001'] },
  '00080102': { vr: 'SH', Value: ['DCM'] },
  '00080104': { vr: 'LO', Value: ['Rejected for Quality Reasons'] },
};

const reference = (sop: string): DataSet => ({ '00081150': { vr: 'UI', Value: [CT] }, '00081155': { vr: 'UI', Value: [sop] } });
const study = (uid: string, series: string, sops: readonly string[]): DataSet => ({
  '00081115': {
    vr: 'SQ',
    Value: [{ '00081199': { vr: 'SQ', Value: sops.map(reference) }, '0020000E': { vr: 'UI', Value: [series] } }],
  },
  '0020000D': { vr: 'UI', Value: [uid] },
});

function note(name: string, evidence: (own: Place) => readonly DataSet[], answers: readonly number[]): WebCase {
  const own = namesOf(`note ${name}`);
  const content = () => {
    const dataSet: DataSet = { '0040A043': { vr: 'SQ', Value: [TITLE] }, '0040A375': { vr: 'SQ', Value: evidence(own) } };
    return Buffer.concat([identity(own, KEY_OBJECT_SELECTION), writeDataSet(dataSet, { explicitVr: true })]);
  };
  return stowed(`a rejection note ${name}`, own, KEY_OBJECT_SELECTION, content, answers);
}

/** A title or evidence that goes on within itself. */
function deep(name: string, tag: string): WebCase {
  const own = namesOf(`note ${name}`);
  const open = Buffer.concat([element(tag, 'SQ', Buffer.alloc(0), UNDEFINED), itemStart()]);
  const close = Buffer.concat([itemEnd, sequenceEnd]);
  const content = () =>
    Buffer.concat([
      identity(own, KEY_OBJECT_SELECTION),
      ...Array.from({ length: 10_000 }, () => open),
      ...Array.from({ length: 10_000 }, () => close),
    ]);
  return stowed(`a rejection note ${name}`, own, KEY_OBJECT_SELECTION, content, NOT_STORED);
}

/** Rejection notes: IHE RAD TF-3 4.66.4.1.2. None rejects anything here, as nothing that they name is there, or it is themselves. */
const NOTES: readonly WebCase[] = [
  deep('whose title goes 10,000 deep', '0040A043'),
  deep('whose evidence goes 10,000 deep', '0040A375'),
  note('of itself', (own) => [study(own.study, own.series, [own.sop])], JUDGED),
  note('of nothing', () => [], JUDGED),
  note(
    'of 100,000 images of one study',
    (own) => [
      study(
        own.study,
        '1.2',
        Array.from({ length: 100_000 }, (_, index) => `1.2.${index}`),
      ),
    ],
    JUDGED,
  ),
  note('of 10,000 studies', () => Array.from({ length: 10_000 }, (_, index) => study(`1.2.${index}`, '1.2', ['1.2.3'])), JUDGED),
  note(
    'of 10,000 times its own study',
    (own) => Array.from({ length: 10_000 }, (_, index) => study(own.study, '1.2', [`1.2.${index}`])),
    JUDGED,
  ),
  note('whose UIDs are paths', () => [study('../../x', '..', ['/etc/passwd', '1'.repeat(65)])], JUDGED),
];

const asked = (count: number): string =>
  `{"00081199":{"vr":"SQ","Value":[${Array.from({ length: count }, (_, index) => `{"00081150":{"vr":"UI","Value":["1.2"]},"00081155":{"vr":"UI","Value":["1.2.${index}"]}}`)}]}}`;

function commitment(name: string, body: () => string, answers: readonly number[]): WebCase {
  const headers = { 'content-type': 'application/dicom+json', accept: 'application/dicom+json' };
  return {
    name: `a commitment request ${name}`,
    question: () => ({ method: 'POST', path: COMMITMENT, headers, body: Buffer.from(body()) }),
    answers,
  };
}

/** Storage commitment over the web. PS3.18 13. */
const COMMITMENTS: readonly WebCase[] = [
  commitment('for 50,000 instances', () => asked(50_000), [200]),
  commitment('for 50,001 instances', () => asked(50_001), [413]),
  commitment(
    '10,000 sequences deep',
    () => `${'{"00081199":{"vr":"SQ","Value":['.repeat(10_000)}{}${']}}'.repeat(10_000)}`,
    REFUSED,
  ),
  commitment('for a path', () => asked(1).replace('"1.2.0"', '"../../x"'), [400]),
  commitment('of 9 MB', () => ' '.repeat(9_000_000), REFUSED),
  commitment('for two data sets', () => '[{},{}]', [400]),
  commitment('for nothing', () => '{}', [400]),
];

export const NOTES_AND_COMMITMENTS: readonly WebCase[] = [...NOTES, ...COMMITMENTS];
