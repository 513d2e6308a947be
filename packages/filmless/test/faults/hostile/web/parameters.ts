import type { SmallInstance } from '../../instances.ts';
import { REFUSED, SHOWN_OR_NOT, type WebCase } from './web-attack.ts';

type Place = Pick<SmallInstance, 'study' | 'series' | 'sop'>;

const get = (
  name: string,
  path: string,
  answers: readonly number[],
  headers: Readonly<Record<string, string>> = {},
): WebCase => ({
  name: `${name}: ${path.slice(-120)}`,
  question: () => ({ method: 'GET', path, headers }),
  answers,
});

/** Viewports and windows that no image has, and whether they are shown. PS3.18 8.3.5. */
const VIEWS: readonly (readonly [query: string, answers: readonly number[]])[] = [
  ['viewport=8193,1', [400]],
  ['viewport=1,8192', [200]],
  ['viewport=1e3,1e3', [200]],
  ['viewport=99999999999,99999999999', [400]],
  ['viewport=0,0', [400]],
  ['viewport=NaN,Infinity', [400]],
  ['viewport=100,100,1e300,1e300,1,1', [200, 400]],
  ['viewport=100,100,0,0,1e300,1e300', [200, 400]],
  ['viewport=100,100,0,0,-1e300,-1e300', [200, 400]],
  ['viewport=100,100,0,0,1e-300,1e-300', [400]],
  ['viewport=4096,4096,0,0,1,1', [200]],
  [`viewport=${'1,'.repeat(50)}1`, [400]],
  ['window=0,1e-300,sigmoid', [200]],
  ['window=1e300,1e300,linear_exact', [200]],
  ['window=-1e308,1e308', [200]],
  ['window=1e999,1', [400]],
  ['window=0,0', [400]],
  ['window=0,-1,sigmoid', [400]],
  ['quality=1e2', [200]],
  ['quality=101', [400]],
  ['annotation=patient,technique,patient', [200]],
  [`annotation=${'patient,'.repeat(1500)}`, [200, 400]],
  [`annotation=${'x'.repeat(8000)}`, [400]],
  ['iccprofile=__proto__', [400]],
  ['iccprofile=constructor', [400]],
  ['window=1,1,constructor', [400]],
  ['iccprofile=toString', [400]],
];

/** The same of the URI service. PS3.18 9.1.2. */
const URI_VIEWS: readonly (readonly [query: string, answers: readonly number[]])[] = [
  ['rows=8193', [400]],
  ['columns=8192&region=0,0,1e-9,1e-9', [200, 400]],
  ['region=0,0,0.000000001,0.000000001', [200]],
  ['region=1,1,1,1', [400]],
  ['frameNumber=9999999999', [404]],
  ['frameNumber=99999999999', [400]],
  ['windowCenter=1e308&windowWidth=1e308', [200]],
  ['contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.104', [200, 400, 406]],
  [`contentType=application/dicom&transferSyntax=${'1'.repeat(8000)}`, [200, 400, 406]],
  [`contentType=${'image/png,'.repeat(1000)}`, [200, 400, 406]],
  [`charset=${'utf-8,'.repeat(1500)}`, [200, 400]],
  ['contentType=application/dicom&anonymize=yes', [200]],
  ['contentType=application/dicom&transferSyntax=constructor', [200, 406]],
];

const RANGES: readonly (readonly [range: string, answers: readonly number[]])[] = [
  ['bytes=0-0', [206]],
  ['bytes=0-999999999999999', [206]],
  ['bytes=999999999999999-', [416]],
  ['bytes=-0', [416]],
  ['bytes=-999999999999999', [206]],
  ['bytes=5-4', [200]],
  ['bytes=9999999999999999999999-', [200]],
  ['bytes=0-1e9', [200]],
  ['bytes=--1', [200]],
  [`bytes=${'0-,'.repeat(4000)}0-`, [200]],
  ['items=0-1', [200]],
];

/** Patterns that take for ever where each star is tried at each place, and other long keys. */
const SEARCHES: readonly (readonly [query: string, answers: readonly number[]])[] = [
  [`PatientName=${'*a'.repeat(4000)}b`, [200, 400]],
  [`PatientName=${'a*'.repeat(4000)}b`, [200, 400]],
  [`PatientName=${'?'.repeat(8000)}`, [200, 400]],
  [`PatientName=${'*'.repeat(8000)}b`, [200, 400]],
  [`PatientName=${'*?'.repeat(3000)}b`, [200, 400]],
  [`PatientName=${'a%20'.repeat(2000)}&fuzzymatching=true`, [200, 400]],
  [`PatientName=${'a'.repeat(8000)}&fuzzymatching=true`, [200, 400]],
  [`PatientName=${'=^'.repeat(4000)}`, [200, 400]],
  [`PatientID=${'*a'.repeat(4000)}b`, [200, 400]],
  [`StudyDescription=${'*a'.repeat(4000)}b`, [200, 400]],
  [
    `StudyDescription=${'*a'.repeat(1000)}b&SeriesDescription=${'*a'.repeat(1000)}b&PatientComments=${'*a'.repeat(1000)}b`,
    [200, 400],
  ],
  [`RequestAttributesSequence.ScheduledProcedureStepDescription=${'*a'.repeat(2000)}b`, [200, 400]],
  [`StudyDate=${'-'.repeat(8000)}`, [400]],
  [`StudyDate=00000101-99991231&StudyTime=-`, [200, 400]],
  [`StudyInstanceUID=${Array.from({ length: 2500 }, (_, index) => `1.${index % 10}`)}`, [200, 400]],
  [`StudyInstanceUID=${'*'.repeat(60)}`, [200, 400]],
  [Array.from({ length: 65 }, () => 'PatientID=x').join('&'), [400]],
  [`${'ReferencedSeriesSequence.'.repeat(9)}SeriesInstanceUID=1`, [400]],
  [`${'00081140.'.repeat(1000)}00081155=1`, [400]],
  [`includefield=${Array.from({ length: 600 }, (_, index) => (0x0011_0000 + index).toString(16).padStart(8, '0'))}`, [400]],
  ['limit=999999999&offset=999999999', [413]],
  ['limit=9999999999', [400]],
  ['Rows=1e308', [200, 400]],
  ['SelectorUVValue=99999999999999999999', [200, 400]],
  ['PatientAge=__proto__', [200, 400]],
  [`after=${'A'.repeat(8000)}`, [400]],
  [`multiplevaluematching=true&PatientID=${'a%5C'.repeat(3000)}`, [200, 400]],
];

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

function viewsOf({ study, series, sop }: Place): readonly WebCase[] {
  const instance = `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
  const uri = `/dicom-web/wado?requestType=WADO&studyUID=${study}&seriesUID=${series}&objectUID=${sop}`;
  return [
    ...VIEWS.map(([query, answers]) => get('a picture', `${instance}/rendered?${query}`, answers, { accept: 'image/jpeg' })),
    ...PICTURES.map((accept) =>
      get('a picture of a pixel', `${instance}/frames/1/rendered?viewport=1,1,0,0,1,1`, [200], { accept }),
    ),
    ...VIEWS.filter(([query]) => query.startsWith('viewport')).map(([query]) =>
      get('a thumbnail', `${instance}/thumbnail?${query}`, SHOWN_OR_NOT),
    ),
    ...URI_VIEWS.map(([query, answers]) => get('by URI', `${uri}&${query}`, answers)),
    ...RANGES.flatMap(([range, answers]) => {
      const headers = { range, accept: 'application/octet-stream' };
      return [
        get(`the range ${range.slice(0, 40)}`, `${instance}/frames/1`, answers, headers),
        get(`the range ${range.slice(0, 40)}`, `${instance}/bulkdata/7FE00010`, answers, headers),
      ];
    }),
    get('frames', `${instance}/frames/${'1,'.repeat(50)}1`, [200, 400, 404, 413], {
      accept: 'multipart/related; type="application/octet-stream"',
    }),
    get('frames', `${instance}/frames/2147483647`, [404]),
    get('frames', `${instance}/frames/0`, [400, 404]),
    get('bulk data', `${instance}/bulkdata/${'00081140/0/'.repeat(700)}00081155`, [404]),
    get('forms', `${instance}`, [200, 400, 406], {
      accept: `multipart/related; type="application/dicom"; transfer-syntax=${'1.'.repeat(3000)}1`,
    }),
  ];
}

/** Pictures, ranges and searches with parameters that nobody means. `large` is worth being shown. */
export function parameterCases(large: Place): readonly WebCase[] {
  const levels = ['/studies', '/series', '/instances', `/studies/${large.study}/instances`];
  return [
    ...viewsOf(large),
    ...levels.flatMap((level) => SEARCHES.map(([query, answers]) => get('a search', `/dicom-web${level}?${query}`, answers))),
    get('a path', `/dicom-web/studies/${'1.'.repeat(7000)}1/series`, REFUSED),
  ];
}
