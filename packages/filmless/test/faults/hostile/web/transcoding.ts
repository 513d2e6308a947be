import { BOMBS } from '../bombs.ts';
import { CODE_STREAMS } from '../code-streams.ts';
import { placePath } from './stowed.ts';
import { JUDGED, SHOWN_OR_NOT, type WebCase } from './web-attack.ts';

const UID = '1.2.840.10008.1.2.';
const PART10 = 'application/dicom';
/** RLE, lossless JPEG, JPEG-LS, JPEG 2000, HTJ2K for progressive display, deflated frames, baseline JPEG. */
const SYNTAXES = ['5', '4.70', '4.80', '4.90', '4.202', '8.1', '4.50'].map((suffix) => `${UID}${suffix}`);
const FORMS: readonly (readonly [path: string, accept: string])[] = [
  ...SYNTAXES.map(
    (syntax) => ['/frames/1', `multipart/related; type="application/octet-stream"; transfer-syntax=${syntax}`] as const,
  ),
  ...SYNTAXES.map((syntax) => ['', `multipart/related; type="application/dicom"; transfer-syntax=${syntax}`] as const),
  ['', 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1.99'],
  ['', 'application/dicom; transfer-syntax=1.2.840.10008.1.2.2'],
  ['/frames/2', 'multipart/related; type="application/octet-stream"'],
  ['/rendered', 'image/gif'],
  ['/rendered', 'image/webp'],
  ['/rendered', 'video/mp4'],
  ['/bulkdata/7FE00010', 'application/octet-stream'],
];

const called = (name: string): boolean => CODE_STREAMS.some((stream) => name === `${stream.name}, called 64x64`);
/** Native pixels of hostile measures, and compressed frames that call themselves what they are not. */
const isTranscoded = (name: string): boolean =>
  called(name) || /frames|allocated|8192x8192|palette of|slope|offset table/.test(name);

const BOMBED = BOMBS.filter(({ name }) => isTranscoded(name) && !name.includes('million'));

/** What was kept of the bombs, in the transfer syntaxes and media types that it must be decoded for. */
export const TRANSCODED: readonly WebCase[] = BOMBED.flatMap((bomb) => [
  {
    name: bomb.name,
    question: () => ({ method: 'POST', path: '/dicom-web/studies', headers: { 'content-type': PART10 }, body: bomb.file() }),
    answers: JUDGED,
  },
  ...FORMS.map(([path, accept]) => ({
    name: `${bomb.name}, ${path} as ${accept}`,
    question: () => ({ method: 'GET', path: placePath(bomb) + path, headers: { accept } }),
    answers: [...SHOWN_OR_NOT, 415],
  })),
]);
