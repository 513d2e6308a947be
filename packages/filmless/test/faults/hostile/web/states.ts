import { type Attribute, type DataSet, writeDataSet } from '@filmless/dicom';
import { type Place, placePath, stowed } from './stowed.ts';
import { NOT_STORED, SHOWN_OR_NOT, type WebCase } from './web-attack.ts';

const GRAYSCALE_STATE = '1.2.840.10008.5.1.4.1.1.11.1';
const CT = '1.2.840.10008.5.1.4.1.1.2';

const text = (vr: 'CS' | 'LO' | 'SH' | 'ST' | 'UI', ...Value: string[]): Attribute => ({ vr, Value });
const numbers = (vr: 'US' | 'SL' | 'FL' | 'IS' | 'DS' | 'SS', ...Value: number[]): Attribute => ({ vr, Value });
const items = (...Value: DataSet[]): Attribute => ({ vr: 'SQ', Value });
const binary = (vr: 'OW' | 'OB', bytes: number): Attribute => ({ vr, InlineBinary: Buffer.alloc(bytes, 255).toString('base64') });

const reference = (sop: string, more: DataSet = {}): DataSet => ({
  '00081150': text('UI', CT),
  '00081155': text('UI', sop),
  ...more,
});

/** What a hostile state says beside whom it is of; `image` is the one it is applied to. */
const STATES: Readonly<Record<string, (image: Place, own: Place) => DataSet>> = {
  'whose area is larger than any image': () => ({
    '0070005A': items({
      '00700052': numbers('SL', -2_147_483_648, -2_147_483_648),
      '00700053': numbers('SL', 2_147_483_647, 2_147_483_647),
      '00700100': text('CS', 'MAGNIFY'),
      '00700103': numbers('FL', 1e30),
    }),
  }),
  'whose area has 65,000 pixels each way': () => ({
    '0070005A': items({
      '00700052': numbers('SL', -65_000, -65_000),
      '00700053': numbers('SL', 500, 500),
      '00700100': text('CS', 'TRUE SIZE'),
      '00700101': { vr: 'DS', Value: [1e-30, 1e30] },
    }),
  }),
  'of a line of a million points': () => graphics({ '00700009': items(line(1_000_000)) }),
  'of 20,000 lines': () => graphics({ '00700009': items(...Array.from({ length: 20_000 }, () => line(4))) }),
  'of points that are no numbers': () =>
    graphics({
      '00700009': items({ ...line(2), '00700022': { vr: 'FL', InlineBinary: Buffer.alloc(16, 255).toString('base64') } }),
    }),
  'of a circle larger than the world': () =>
    graphics({
      '00700009': items({
        ...line(2),
        '00700021': numbers('US', 2),
        '00700022': numbers('FL', 0, 0, 1e38, 1e38),
        '00700023': text('CS', 'CIRCLE'),
        '00700024': text('CS', 'Y'),
      }),
    }),
  'of 10,000 texts': () => graphics({ '00700008': items(...Array.from({ length: 10_000 }, () => note('x'))) }),
  'of a text of a megabyte': () => graphics({ '00700008': items(note('ễ'.repeat(300_000))) }),
  'of a text that is set as nothing is': () =>
    graphics({ '00700008': items({ ...note('x'), '00700012': text('CS', 'constructor') }) }),
  'of a text that is markup': () => graphics({ '00700008': items(note('<image href="file:///etc/passwd"/>&x;]]>')) }),
  'whose layers are 100,000': () => ({
    '00700060': items(
      ...Array.from({ length: 100_000 }, (_, index) => ({
        '00700002': text('CS', `L${index}`),
        '00700062': numbers('IS', index),
      })),
    ),
  }),
  'whose table has any size': () => ({
    '00283110': items({ '00283010': items({ '00283002': numbers('US', 0, 65_535, 16), '00283006': binary('OW', 2) }) }),
    '00283000': items({ '00283002': numbers('US', 65_535, 0, 200), '00283004': text('LO', 'X'), '00283006': binary('OW', 20) }),
    '20500010': items({ '00283002': numbers('US', 4096, 0, 65_535), '00283006': binary('OW', 4) }),
  }),
  'whose slope has no end': () => ({ '00281052': { vr: 'DS', Value: [-1e308] }, '00281053': { vr: 'DS', Value: [1e308] } }),
  'whose overlay is 65,535 wide': () => ({
    '60000010': numbers('US', 65_535),
    '60000011': numbers('US', 65_535),
    '60000050': numbers('SS', -32_768, 32_767),
    '60003000': binary('OW', 8),
  }),
  'whose shutter has 100,000 corners': () => ({
    '00181600': text('CS', 'POLYGONAL'),
    '00181620': numbers('IS', ...Array.from({ length: 100_000 }, (_, index) => index % 512)),
  }),
  'that turns by 1e9 degrees': () => ({ '00700042': numbers('US', 65_535), '00700041': text('CS', 'Y') }),
  'of itself': (_, own) => ({ '00081115': items({ '0020000E': text('UI', own.series), '00081140': items(reference(own.sop)) }) }),
  'of 20,000 images that are not there': (image) => ({
    '00081115': items({
      '0020000E': text('UI', image.series),
      '00081140': items(...Array.from({ length: 20_000 }, (_, index) => reference(`1.2.${index}`))),
    }),
  }),
  'of 20,000 times the same image': (image) => ({
    '00081115': items({
      '0020000E': text('UI', image.series),
      '00081140': items(...Array.from({ length: 20_000 }, () => reference(image.sop))),
    }),
  }),
  'of a million frames': (image) => ({
    '00081115': items({
      '0020000E': text('UI', image.series),
      '00081140': items(reference(image.sop, { '00081160': { vr: 'IS', Value: Array.from({ length: 1_000_000 }, () => 1) } })),
    }),
  }),
  'of an image whose UID is a path': (image) => ({
    '00081115': items({ '0020000E': text('UI', image.series), '00081140': items(reference('../../x')) }),
  }),
};

function line(points: number): DataSet {
  return {
    '00700005': text('CS', 'PIXEL'),
    '00700020': numbers('US', 2),
    '00700021': numbers('US', points % 65_536),
    '00700022': { vr: 'FL', InlineBinary: Buffer.alloc(8 * points, 1).toString('base64') },
    '00700023': text('CS', 'POLYLINE'),
    '00700024': text('CS', 'N'),
  };
}

function note(words: string): DataSet {
  return {
    '00700003': text('CS', 'PIXEL'),
    '00700006': text('ST', words),
    '00700010': numbers('FL', 1, 1),
    '00700011': numbers('FL', 1e30, -1e30),
  };
}

function graphics(more: DataSet): DataSet {
  return {
    '00700001': items({ '00700002': text('CS', 'L'), ...more }),
    '00700060': items({ '00700002': text('CS', 'L'), '00700062': numbers('IS', 1) }),
  };
}

/** Each state is stored, and applied to the image in every way there is. PS3.3 A.33, PS3.18 8.3.5.1.4. */
export function stateCases(image: Place): readonly WebCase[] {
  return Object.entries(STATES).flatMap(([name, content], index) => {
    const own = { study: image.study, series: `${image.series}.11`, sop: `${image.series}.11.${index + 1}` };
    const dataSet: DataSet = {
      '00080016': text('UI', GRAYSCALE_STATE),
      '00080018': text('UI', own.sop),
      '00080060': text('CS', 'PR'),
      '00100020': text('LO', 'BOMB'),
      '0020000D': text('UI', own.study),
      '0020000E': text('UI', own.series),
      '00081115': items({ '0020000E': text('UI', image.series), '00081140': items(reference(image.sop)) }),
      '20500020': text('CS', 'IDENTITY'),
      ...content(image, own),
    };
    const ordered = Object.fromEntries(Object.entries(dataSet).sort(([a], [b]) => (a < b ? -1 : 1)));
    const what = `a presentation state ${name}`;
    const show = (path: string): WebCase => ({
      name: `${what}, ${path}`,
      question: () => ({ method: 'GET', path, headers: { accept: 'image/png' } }),
      answers: SHOWN_OR_NOT,
    });
    const by = `presentationSeriesUID=${own.series}&presentationUID=${own.sop}`;
    return [
      stowed(what, own, GRAYSCALE_STATE, () => Buffer.from(writeDataSet(ordered, { explicitVr: true })), [
        200,
        202,
        ...NOT_STORED,
      ]),
      show(`${placePath(image)}/rendered?${by}`),
      show(`${placePath(image)}/frames/1/rendered?${by}&viewport=4000,4000`),
      show(`${placePath(own)}/rendered`),
      show(`${placePath(own)}/thumbnail`),
    ];
  });
}
