import { parseTls, type TlsSetting } from './aes.ts';
import { parseOutcome } from './associations.ts';
import { type Client, pathOf } from './client.ts';
import type { TestOutcome } from './diagnosis.ts';
import { flag, list, listIn, number, object, oneOf, or, type Parse, text } from './json.ts';

export type DestinationKind = 'dicom' | 'dicomweb' | 'filmless' | 'folder';

export const DESTINATION_KINDS: readonly DestinationKind[] = ['dicom', 'dicomweb', 'filmless', 'folder'];

/** Why another facility may be given a patient's data; Law 91/2025/QH15 art. 26.2. */
export type BasisKind = 'patientRequest' | 'referral' | 'consultation' | 'emergency' | 'authority';

export const BASES: readonly BasisKind[] = ['patientRequest', 'referral', 'consultation', 'emergency', 'authority'];

interface Basis {
  readonly basis: BasisKind;
  readonly evidence?: string | undefined;
}

interface LineHours {
  /** `HH:MM`, by the clock of the server. */
  readonly from: string;
  readonly to: string;
  readonly bytesPerSecond: number;
}

export interface Line {
  readonly bytesPerSecond?: number | undefined;
  readonly hours?: readonly LineHours[] | undefined;
}

/** What goes to a destination whatever the rules say; an empty list leaves out nothing. */
interface OwnRule {
  readonly callingAes: readonly string[];
  readonly modalities: readonly string[];
}

interface Common {
  readonly id: string;
  readonly enabled: boolean;
  readonly when: OwnRule | undefined;
  readonly site: string | undefined;
  readonly basis: Basis | undefined;
  readonly line: Line | undefined;
  /** Set by the configuration: it can be paused, and nothing else. */
  readonly fixed: boolean;
  /** Names of the rules that send there. */
  readonly rules: readonly string[];
}

interface DicomDestination extends Common {
  readonly kind: 'dicom';
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  readonly callingAe: string | undefined;
  readonly tls: TlsSetting | undefined;
  readonly commitment: boolean;
}

export interface WebDestination extends Common {
  readonly kind: 'dicomweb' | 'filmless';
  readonly url: string;
  readonly tls: TlsSetting | undefined;
  readonly relay: boolean;
  readonly hasToken: boolean;
  readonly hasClientCertificate: boolean;
}

interface FolderDestination extends Common {
  readonly kind: 'folder';
  readonly path: string;
  readonly names: 'hashed' | 'uids';
}

/** Something outside that gets images. */
export type Destination = DicomDestination | WebDestination | FolderDestination;

const COMMON = {
  id: text,
  enabled: or(flag, true),
  when: or(object<OwnRule>({ callingAes: or(list(text), []), modalities: or(list(text), []) }), undefined),
  site: or(text, undefined),
  basis: or(object<Basis>({ basis: oneOf(...BASES), evidence: or(text, undefined) }), undefined),
  line: or(
    object<Line>({
      bytesPerSecond: or(number, undefined),
      hours: or(list(object<LineHours>({ from: text, to: text, bytesPerSecond: number })), undefined),
    }),
    undefined,
  ),
  fixed: or(flag, false),
  rules: or(list(text), []),
};

const parseKind: Parse<{ readonly kind: DestinationKind }> = object<{ readonly kind: DestinationKind }>({
  kind: or(oneOf(...DESTINATION_KINDS), 'dicom'),
});

const parseDicom: Parse<DicomDestination> = object<DicomDestination>({
  ...COMMON,
  kind: or(oneOf('dicom'), 'dicom'),
  aeTitle: text,
  host: text,
  port: number,
  callingAe: or(text, undefined),
  tls: or(parseTls, undefined),
  commitment: or(flag, false),
});

const parseWeb: Parse<WebDestination> = object<WebDestination>({
  ...COMMON,
  kind: oneOf('dicomweb', 'filmless'),
  url: text,
  tls: or(parseTls, undefined),
  relay: or(flag, false),
  hasToken: or(flag, false),
  hasClientCertificate: or(flag, false),
});

const parseFolder: Parse<FolderDestination> = object<FolderDestination>({
  ...COMMON,
  kind: oneOf('folder'),
  path: text,
  names: or(oneOf('hashed', 'uids'), 'hashed'),
});

const parseDestination: Parse<Destination> = (value, path) => {
  switch (parseKind(value, path).kind) {
    case 'dicom':
      return parseDicom(value, path);
    case 'folder':
      return parseFolder(value, path);
    case 'dicomweb':
    case 'filmless':
      return parseWeb(value, path);
  }
};

export function readDestinations(client: Client, signal?: AbortSignal): Promise<readonly Destination[]> {
  return client.get('/api/destinations', listIn('destinations', parseDestination), signal);
}

/** `body` has what the kind of destination has; of a secret, only what is to be changed. */
export function addDestination(client: Client, id: string, body: object): Promise<void> {
  return client.send('/api/destinations', { method: 'POST', body: { id, ...body } });
}

export function changeDestination(client: Client, id: string, body: object): Promise<void> {
  return client.send(pathOf('api', 'destinations', id), { method: 'PUT', body });
}

export function deleteDestination(client: Client, id: string): Promise<void> {
  return client.send(pathOf('api', 'destinations', id), { method: 'DELETE' });
}

/** Sees whether it would take images now; sends none. */
export function testDestination(client: Client, id: string): Promise<TestOutcome> {
  return client.exchange(`${pathOf('api', 'destinations', id)}/test`, { method: 'POST' }, parseOutcome);
}
