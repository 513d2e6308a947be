import type { Client } from './client.ts';
import { anything, asRecord, flag, list, number, object, or, type Parse, text } from './json.ts';

/** How one person works with the viewer. */
export interface ViewerSettings {
  readonly version: 1;
  /** Keys by action, in place of those it has by itself. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** Hanging protocols as they are kept: what does not read is kept too, for a newer viewer. */
  readonly hangings: readonly unknown[];
}

/** What holds for every screen of the hospital. */
export interface HospitalSettings {
  readonly version: 1;
  /** 0: never. */
  readonly lockAfterMinutes: number;
  /** The hospital says that its displays are fit for primary diagnosis. */
  readonly displaysDeclared: boolean;
  readonly hangings: readonly unknown[];
}

/** A document and the number of its last change. */
export interface Kept<T> {
  readonly revision: number;
  readonly settings: T;
}

const NO_VIEWER_SETTINGS: ViewerSettings = { version: 1, keys: {}, hangings: [] };

/** What holds while the server has not said: the careful choice. */
const NO_HOSPITAL_SETTINGS: HospitalSettings = {
  version: 1,
  lockAfterMinutes: 15,
  displaysDeclared: false,
  hangings: [],
};

const version: Parse<1> = () => 1;

const keys: Parse<ViewerSettings['keys']> = (value, path) =>
  Object.fromEntries(Object.entries(asRecord(value, path)).map(([id, names]) => [id, list(text)(names, `${path}.${id}`)]));

const parseViewer: Parse<ViewerSettings> = object<ViewerSettings>({ version, keys, hangings: or(list(anything), []) });

const parseHospital: Parse<HospitalSettings> = object<HospitalSettings>({
  version,
  lockAfterMinutes: or(number, NO_HOSPITAL_SETTINGS.lockAfterMinutes),
  displaysDeclared: or(flag, false),
  hangings: or(list(anything), []),
});

/** Where a kind of settings is kept, and how it is read. */
export interface SettingsPlace<T> {
  readonly path: string;
  readonly parse: Parse<T>;
  readonly none: T;
}

export const OWN: SettingsPlace<ViewerSettings> = {
  path: '/api/settings/viewer',
  parse: parseViewer,
  none: NO_VIEWER_SETTINGS,
};

export const HOSPITAL: SettingsPlace<HospitalSettings> = {
  path: '/api/settings/hospital',
  parse: parseHospital,
  none: NO_HOSPITAL_SETTINGS,
};

export function readSettings<T>(client: Client, { path, parse }: SettingsPlace<T>, signal?: AbortSignal): Promise<Kept<T>> {
  return client.get(path, object<Kept<T>>({ revision: number, settings: parse }), signal);
}

/** Answers the number of the change. @throws ApiError 409 when somebody else's came first */
export async function putSettings<T>(client: Client, { path }: SettingsPlace<T>, kept: Kept<T>): Promise<number> {
  const answer = await client.exchange(
    path,
    { method: 'PUT', body: kept },
    object<{ readonly revision: number }>({ revision: number }),
  );
  return answer.revision;
}
