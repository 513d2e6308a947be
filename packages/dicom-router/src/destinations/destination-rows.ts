import type { Selectable } from 'kysely';
import type { DestinationRow } from '../records/settings.ts';
import type { Tables } from '../records/tables.ts';

import type {
  Destination,
  DicomDestination,
  FolderDestination,
  RoutingRule,
  WebDestination,
  WebSecret,
} from '../routing/destination.ts';

type Common = Pick<Destination, 'site' | 'basis' | 'line'>;
type DicomSettings = Common & Pick<DicomDestination, 'tls' | 'commitment'>;
type WebSettings = Common & Pick<WebDestination, 'url' | 'tls' | 'relay'>;
type FolderSettings = Common & Pick<FolderDestination, 'path' | 'names'>;

/** Where a destination is, how it is called and what it is told; what is shown to it stands apart. */
export function toRow(destination: Destination): DestinationRow {
  const { id, kind, when, enabled } = destination;
  const node = kind === 'dicom' ? destination : undefined;
  const secret = kind === 'dicomweb' || kind === 'filmless' ? destination.secret : undefined;
  return {
    id,
    kind,
    ae_title: node?.aeTitle ?? '',
    host: node?.host ?? '',
    port: node?.port ?? 0,
    calling_ae: node?.callingAe ?? null,
    settings: JSON.stringify(settingsOf(destination)),
    rule: JSON.stringify(when ?? null),
    enabled: Number(enabled),
    secret: secret === undefined ? null : JSON.stringify(secret),
  };
}

/** JSON leaves out what is undefined. */
function settingsOf(destination: Destination): DicomSettings | WebSettings | FolderSettings {
  const { site, basis, line } = destination;
  const common = {
    ...(site === undefined ? {} : { site }),
    ...(basis === undefined ? {} : { basis }),
    ...(line === undefined ? {} : { line }),
  };
  switch (destination.kind) {
    case 'dicom': {
      const { tls, commitment } = destination;
      return { ...common, ...(tls === undefined ? {} : { tls }), ...(commitment === true ? { commitment } : {}) };
    }
    case 'dicomweb':
    case 'filmless': {
      const { url, tls, relay } = destination;
      return { ...common, url, ...(tls === undefined ? {} : { tls }), ...(relay === true ? { relay } : {}) };
    }
    case 'folder':
      return { ...common, path: destination.path, names: destination.names };
  }
}

export function fromRow(row: Selectable<Tables['destination']>): Destination {
  const when = parseRule(row.rule);
  const common = { id: row.id, enabled: row.enabled === 1, ...(when === null ? {} : { when }) };
  switch (row.kind) {
    case 'dicomweb':
    case 'filmless':
      return {
        ...common,
        kind: row.kind,
        ...parseWeb(row.settings),
        ...(row.secret === null ? {} : { secret: parseSecret(row.secret) }),
      };
    case 'folder':
      return { ...common, kind: 'folder', ...parseFolder(row.settings) };
    default:
      return {
        ...common,
        kind: 'dicom',
        aeTitle: row.ae_title,
        host: row.host,
        port: row.port,
        ...parseDicom(row.settings),
        ...(row.calling_ae === null ? {} : { callingAe: row.calling_ae }),
      };
  }
}

/** What `toRow` wrote; so do all that follow. */
function parseRule(text: string): RoutingRule | null {
  return JSON.parse(text) as RoutingRule | null;
}

function parseDicom(text: string): DicomSettings {
  return JSON.parse(text) as DicomSettings;
}

function parseWeb(text: string): WebSettings {
  return JSON.parse(text) as WebSettings;
}

function parseFolder(text: string): FolderSettings {
  return JSON.parse(text) as FolderSettings;
}

function parseSecret(text: string): WebSecret {
  return JSON.parse(text) as WebSecret;
}
