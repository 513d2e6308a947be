import { type Client, pathOf } from './client.ts';
import { asRecord, flag, list, number, object, oneOf, or, type Parse, text, UnreadableAnswer } from './json.ts';

/** Options of PS3.15 E.3 of which one at most is chosen. */
const DATE_OPTIONS = ['retainModifiedDates', 'retainFullDates'] as const;

/** The others, each of which may be chosen. */
export const PLAIN_OPTIONS = [
  'retainPatientCharacteristics',
  'retainDeviceIdentity',
  'retainInstitutionIdentity',
  'retainUids',
  'retainSafePrivate',
  'cleanDescriptors',
  'cleanStructuredContent',
  'cleanGraphics',
  'cleanPixelData',
  'cleanRecognizableVisualFeatures',
] as const;

export type PlainOption = (typeof PLAIN_OPTIONS)[number];

export type Option = PlainOption | (typeof DATE_OPTIONS)[number];

export const RISKS = ['burnedIn', 'document', 'audio', 'video', 'faces'] as const;

export type Risk = (typeof RISKS)[number];

/** x, y, width, height, in pixels from the upper left. */
export type Area = readonly [x: number, y: number, width: number, height: number];

interface RegionCondition {
  readonly modality: string | undefined;
  readonly manufacturer: string | undefined;
  readonly model: string | undefined;
  readonly sopClassUid: string | undefined;
  readonly rows: number | undefined;
  readonly columns: number | undefined;
}

/** What is blackened in some images. No areas: somebody looked, and nothing is burned in. */
export interface Region {
  readonly when: RegionCondition;
  readonly areas: readonly Area[];
  readonly hides: 'text' | 'face' | undefined;
}

interface PrivateBlock {
  readonly creator: string;
  readonly group: string;
  readonly elements: readonly string[] | undefined;
}

interface Profile {
  readonly options: readonly Option[];
  readonly scope: string | undefined;
  readonly pseudonymPrefix: string | undefined;
  readonly shiftDays: number | undefined;
  readonly keepPrivate: readonly PrivateBlock[] | undefined;
  readonly regions: readonly Region[] | undefined;
  readonly accept: readonly Risk[] | undefined;
}

export interface NamedProfile extends Profile {
  readonly name: string;
}

const parseArea: Parse<Area> = (value, path) => {
  const [x, y, width, height, ...rest] = list(number)(value, path);
  if (x === undefined || y === undefined || width === undefined || height === undefined || rest.length > 0) {
    throw new UnreadableAnswer(`${path}: four numbers expected`);
  }
  return [x, y, width, height];
};

const parseRegion: Parse<Region> = object<Region>({
  when: object<RegionCondition>({
    modality: or(text, undefined),
    manufacturer: or(text, undefined),
    model: or(text, undefined),
    sopClassUid: or(text, undefined),
    rows: or(number, undefined),
    columns: or(number, undefined),
  }),
  areas: list(parseArea),
  hides: or(oneOf('text', 'face'), undefined),
});

const parseProfile: Parse<Profile> = object<Profile>({
  options: list(oneOf<Option>(...DATE_OPTIONS, ...PLAIN_OPTIONS)),
  scope: or(text, undefined),
  pseudonymPrefix: or(text, undefined),
  shiftDays: or(number, undefined),
  keepPrivate: or(list(object<PrivateBlock>({ creator: text, group: text, elements: or(list(text), undefined) })), undefined),
  regions: or(list(parseRegion), undefined),
  accept: or(list(oneOf(...RISKS)), undefined),
});

const parseProfiles: Parse<readonly NamedProfile[]> = (value, path) => {
  const profiles = asRecord(asRecord(value, path).profiles, `${path}.profiles`);
  return Object.entries(profiles).map(([name, profile]) => ({ name, ...parseProfile(profile, `${path}.${name}`) }));
};

const CHANGES = ['removed', 'emptied', 'changed', 'added', 'kept'] as const;

/** What becomes of one attribute of an image. */
export interface AttributeChange {
  readonly path: string;
  readonly tag: string;
  readonly change: (typeof CHANGES)[number];
  readonly before: string | null;
  readonly after: string | null;
}

/** What a profile makes of the first image of a series. */
export interface Preview {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** Why nothing goes out. */
  readonly refused: string | null;
  readonly attributes: readonly AttributeChange[];
  readonly more: boolean;
  readonly areas: readonly Area[];
  readonly rows: number;
  readonly columns: number;
}

const parsePreview: Parse<Preview> = object<Preview>({
  seriesInstanceUid: text,
  sopInstanceUid: text,
  refused: or(text, null),
  attributes: list(
    object<AttributeChange>({
      path: text,
      tag: text,
      change: oneOf(...CHANGES),
      before: or(text, null),
      after: or(text, null),
    }),
  ),
  more: flag,
  areas: list(parseArea),
  rows: number,
  columns: number,
});

export function readProfiles(client: Client, signal?: AbortSignal): Promise<readonly NamedProfile[]> {
  return client.get('/api/deidentification', parseProfiles, signal);
}

export function putProfile(client: Client, { name, ...profile }: NamedProfile): Promise<void> {
  return client.send(pathOf('api', 'deidentification', name), { method: 'PUT', body: profile });
}

export function deleteProfile(client: Client, name: string): Promise<void> {
  return client.send(pathOf('api', 'deidentification', name), { method: 'DELETE' });
}

/** A study, and of which series the first image is looked at. */
export interface PreviewedImage {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string | undefined;
}

export function previewProfile(
  client: Client,
  { name, ...profile }: NamedProfile,
  image: PreviewedImage,
  signal?: AbortSignal,
): Promise<Preview> {
  const body = { name, profile, ...image };
  return client.exchange('/api/deidentification/preview', { method: 'POST', body, signal }, parsePreview);
}

/** The image as a picture that is no larger than a page. PS3.18 10.4.1.1.3. */
export function pictureUrl(study: string, series: string, instance: string): string {
  return `${pathOf('dicom-web', 'studies', study, 'series', series, 'instances', instance)}/rendered?viewport=1024,1024`;
}
