import { EXPLICIT_VR_LITTLE_ENDIAN, firstNumber, parseUid, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, Target } from '../../core/model.ts';
import { parseAccept, type Wish } from '../accept.ts';
import { type Annotation, type AskedOptions, parseAnnotation, parseRenderOptions } from './render-options.ts';

/** A request of the URI service. PS3.18 9.1.2. */
export interface UriQuery {
  readonly target: Required<Target>;
  /** Undefined without `contentType`: then the Accept header counts. */
  readonly contentTypes: readonly Wish[] | undefined;
  readonly charsets: readonly string[];
  readonly anonymize: boolean;
  readonly annotations: readonly Annotation[];
  /** From 0. */
  readonly frame: number | undefined;
  /** Transfer syntax of an `application/dicom`. */
  readonly transferSyntaxUid: string | undefined;
  readonly options: AskedOptions;
  readonly region: Region | undefined;
}

/** Parts of the width and height of the image. */
interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** @throws ArchiveError `invalid-request` naming the parameter, DicomError `invalid-uid` */
export function parseUriQuery(query: URLSearchParams): UriQuery {
  if (query.get('requestType')?.toUpperCase() !== 'WADO') {
    throw refused('requestType must be WADO.');
  }
  const uid = (name: string) => {
    const text = query.get(name);
    if (text === null || text === '') {
      throw refused(`${name} is missing: studyUID, seriesUID and objectUID name the object.`);
    }
    return parseUid(text);
  };
  const contentType = query.get('contentType');
  return {
    target: { studyInstanceUid: uid('studyUID'), seriesInstanceUid: uid('seriesUID'), sopInstanceUid: uid('objectUID') },
    contentTypes: contentType === null ? undefined : parseAccept(contentType.replaceAll(' ', '+')),
    charsets: (query.get('charset') ?? '').split(',').flatMap((part) => part.split(';')[0]?.trim().toLowerCase() || []),
    anonymize: anonymizeOf(query.get('anonymize')),
    annotations: parseAnnotation(query.get('annotation')),
    frame: frameOf(query.get('frameNumber')),
    transferSyntaxUid: query.get('transferSyntax')?.trim() ?? undefined,
    options: parseRenderOptions(asRendered(query)),
    region: regionOf(query.get('region')),
  };
}

function refused(detail: string): ArchiveError {
  return new ArchiveError('invalid-request', detail);
}

/** PS3.18 9.1.2.1.3: `yes` is the only value there is. */
function anonymizeOf(text: string | null): boolean {
  if (text !== null && text.toLowerCase() !== 'yes') {
    throw refused('anonymize is yes, or left out.');
  }
  return text !== null;
}

function frameOf(text: string | null): number | undefined {
  if (text !== null && !/^[1-9][0-9]{0,9}$/.test(text)) {
    throw refused('frameNumber counts from 1.');
  }
  return text === null ? undefined : Number(text) - 1;
}

/** Longest edge where only the other one is given. */
const LONGEST = '8192';

/** The same in the words of the rendered resources. PS3.18 9.1.2.2. */
function asRendered(query: URLSearchParams): URLSearchParams {
  const rendered = new URLSearchParams();
  const [center, width] = [query.get('windowCenter'), query.get('windowWidth')];
  if ((center === null) !== (width === null)) {
    throw refused('windowCenter and windowWidth go together.');
  }
  if (center !== null) {
    rendered.set('window', `${center},${width ?? ''}`);
  }
  const [columns, rows] = [query.get('columns'), query.get('rows')];
  if (columns !== null || rows !== null) {
    rendered.set('viewport', `${columns ?? LONGEST},${rows ?? LONGEST}`);
  }
  for (const [from, to] of [
    ['imageQuality', 'quality'],
    ['iccprofile', 'iccprofile'],
  ] as const) {
    const value = query.get(from);
    if (value !== null) {
      rendered.set(to, value);
    }
  }
  return rendered;
}

/** PS3.18 9.1.2.2.6: left, top, right, bottom. */
function regionOf(text: string | null): Region | undefined {
  if (text === null) {
    return undefined;
  }
  const parts = text.split(',').map((part) => (/^[0-9]*\.?[0-9]+$/.test(part.trim()) ? Number(part) : Number.NaN));
  const [left = Number.NaN, top = Number.NaN, right = Number.NaN, bottom = Number.NaN] = parts;
  if (parts.length !== 4 || !(left >= 0 && top >= 0 && left < right && top < bottom && right <= 1 && bottom <= 1)) {
    throw refused('region is left,top,right,bottom: parts of the image from 0.0 to 1.0.');
  }
  return { left, top, right, bottom };
}

/** The options with the region in pixels of the image. */
export function regionalOptions({ options, region }: UriQuery, { header }: InstanceHeader): AskedOptions {
  const columns = firstNumber(header, TAG.Columns);
  const rows = firstNumber(header, TAG.Rows);
  if (region === undefined || columns === undefined || rows === undefined) {
    return options;
  }
  const left = Math.floor(region.left * columns);
  const top = Math.floor(region.top * rows);
  const width = Math.max(1, Math.round(region.right * columns) - left);
  const height = Math.max(1, Math.round(region.bottom * rows) - top);
  const size = options.viewport ?? { columns: Math.min(width, Number(LONGEST)), rows: Math.min(height, Number(LONGEST)) };
  return { ...options, viewport: { columns: size.columns, rows: size.rows, crop: { left, top, width, height } } };
}

/** Transfer syntaxes for an `application/dicom`, the most wanted first. PS3.18 9.1.2.2.9. */
export function syntaxesOf({ transferSyntaxUid }: UriQuery): readonly string[] {
  return transferSyntaxUid === undefined || transferSyntaxUid === ''
    ? [EXPLICIT_VR_LITTLE_ENDIAN]
    : [transferSyntaxUid, EXPLICIT_VR_LITTLE_ENDIAN];
}
