import {
  type DataSet,
  displayName,
  firstNumber,
  firstText,
  items,
  numbers,
  personName,
  TAG,
  type TagKey,
  texts,
} from '@filmless/dicom';

/** An image a report speaks of. */
export interface ReportedImage {
  readonly sopInstanceUid: string;
  /** From 1; the first of those named, 1 where none is. */
  readonly frame: number;
}

export type ReportValue =
  | { readonly kind: 'heading' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'date'; readonly date: string; readonly time: string }
  | { readonly kind: 'number'; readonly value: string; readonly unit: string }
  | { readonly kind: 'shape'; readonly shape: string; readonly points: number }
  | { readonly kind: 'image'; readonly image: ReportedImage }
  | { readonly kind: 'object'; readonly sopInstanceUid: string }
  /** Another line of the same report, as `1.2.3`. */
  | { readonly kind: 'same'; readonly place: string }
  | { readonly kind: 'unknown'; readonly type: string };

export interface ReportLine {
  /** 0 for what stands right below the title. */
  readonly depth: number;
  /** What the value is of; empty where the report does not say. */
  readonly label: string;
  readonly value: ReportValue;
}

export interface Report {
  readonly title: string;
  readonly isComplete: boolean | undefined;
  readonly isVerified: boolean | undefined;
  readonly verifiedBy: readonly string[];
  /** `YYYYMMDD`, `HHMMSS` of the content. */
  readonly date: string;
  readonly time: string;
  readonly lines: readonly ReportLine[];
  /** There is more than is listed. */
  readonly isCut: boolean;
}

/** Roots of the SOP class UIDs of documents with a content tree, key object selections among them. PS3.4 B.5. */
const REPORTS = '1.2.840.10008.5.1.4.1.1.88.';

export function isReport(sopClassUid: string): boolean {
  return sopClassUid.startsWith(REPORTS);
}

const CONTENT: TagKey = '0040A730';
const CONCEPT: TagKey = '0040A043';
const MEANING: TagKey = '00080104';
const VALUE_TYPE: TagKey = '0040A040';

/** A tree that is longer or deeper is hostile, or nobody's to read on a screen. */
const MOST_LINES = 3_000;
const MOST_DEPTH = 30;

/** The content tree of a structured report, line by line as it is read. PS3.3 C.17.3. */
export function reportOf(header: DataSet): Report {
  const lines: ReportLine[] = [];
  let isCut = false;
  // NOTE: no recursion: a tree may be as deep as its writer likes.
  const waiting = [...items(header, CONTENT)].reverse().map((item) => ({ item, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (lines.length === MOST_LINES) {
      isCut = true;
      break;
    }
    const { item, depth } = next;
    if (!isForPrograms(item)) {
      lines.push({ depth, label: meaning(items(item, CONCEPT)[0]), value: reportedValue(item) });
    }
    const children = items(item, CONTENT);
    if (children.length > 0 && depth === MOST_DEPTH) {
      isCut = true;
    } else {
      waiting.push(...[...children].reverse().map((child) => ({ item: child, depth: depth + 1 })));
    }
  }
  return {
    title: meaning(items(header, CONCEPT)[0]),
    isComplete: flag(header, '0040A491', 'COMPLETE'),
    isVerified: flag(header, '0040A493', 'VERIFIED'),
    verifiedBy: items(header, '0040A073').map((observer) => displayName(personName(observer, '0040A075'))),
    date: firstText(header, TAG.ContentDate) ?? '',
    time: firstText(header, TAG.ContentTime) ?? '',
    lines,
    isCut,
  };
}

/** UIDs, and which language texts are in: nobody reads them. PS3.16 (121049, DCM). */
function isForPrograms(item: DataSet): boolean {
  const [concept] = items(item, CONCEPT);
  return firstText(item, VALUE_TYPE) === 'UIDREF' || (concept !== undefined && firstText(concept, '00080100') === '121049');
}

function flag(header: DataSet, tag: TagKey, yes: string): boolean | undefined {
  const said = firstText(header, tag);
  return said === undefined || said === '' ? undefined : said === yes;
}

function meaning(code: DataSet | undefined): string {
  return code === undefined ? '' : firstText(code, MEANING) || firstText(code, '00080100') || '';
}

function reportedValue(item: DataSet): ReportValue {
  const type = firstText(item, VALUE_TYPE) ?? '';
  switch (type) {
    case 'CONTAINER':
      return { kind: 'heading' };
    case 'TEXT':
      return { kind: 'text', text: texts(item, '0040A160').join('\n') };
    case 'CODE':
      return { kind: 'text', text: meaning(items(item, '0040A168')[0]) };
    case 'PNAME':
      return { kind: 'text', text: displayName(personName(item, '0040A123')) };
    case 'DATE':
      return { kind: 'date', date: firstText(item, '0040A121') ?? '', time: '' };
    case 'TIME':
      return { kind: 'date', date: '', time: firstText(item, '0040A122') ?? '' };
    case 'DATETIME': {
      const text = firstText(item, '0040A120') ?? '';
      return { kind: 'date', date: text.slice(0, 8), time: text.slice(8, 14) };
    }
    case 'NUM':
      return numberOf(item);
    case 'SCOORD':
    case 'SCOORD3D':
      return shapeOf(item, type);
    case 'IMAGE':
      return imageOf(item);
    case 'COMPOSITE':
    case 'WAVEFORM':
      return { kind: 'object', sopInstanceUid: firstText(items(item, '00081199')[0] ?? {}, '00081155') ?? '' };
    default: {
      const place = numbers(item, '0040DB73');
      return place.length > 0 ? { kind: 'same', place: place.join('.') } : { kind: 'unknown', type };
    }
  }
}

function numberOf(item: DataSet): ReportValue {
  const [measured] = items(item, '0040A300');
  if (measured === undefined) {
    return { kind: 'number', value: meaning(items(item, '0040A301')[0]), unit: '' };
  }
  const [unit] = items(measured, '004008EA');
  const code = unit === undefined ? '' : (firstText(unit, '00080100') ?? '');
  // What UCUM writes for no unit, and what nobody reads.
  const shown = code === '1' ? '' : /^[\w%/.]+$/.test(code) ? code : meaning(unit);
  return { kind: 'number', value: firstText(measured, '0040A30A') ?? '', unit: shown };
}

function shapeOf(item: DataSet, type: string): ReportValue {
  const each = type === 'SCOORD' ? 2 : 3;
  const points = Math.floor((item['00700022']?.Value ?? []).length / each);
  return { kind: 'shape', shape: firstText(item, '00700023') ?? '', points };
}

function imageOf(item: DataSet): ReportValue {
  const reference = items(item, '00081199')[0] ?? {};
  return {
    kind: 'image',
    image: { sopInstanceUid: firstText(reference, '00081155') ?? '', frame: firstNumber(reference, '00081160') ?? 1 },
  };
}
