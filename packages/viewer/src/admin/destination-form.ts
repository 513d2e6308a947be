import type { TlsSetting } from '../api/aes.ts';
import type { BasisKind, Destination, DestinationKind, Line } from '../api/destinations.ts';
import { type TextKey, t } from '../i18n/index.ts';
import { bareFingerprint, codesOf, namesOf, type TLS_MODES, tlsMode, tlsOf } from './ae-form.ts';
import { bytesOfMegabits, megabits } from './line-rate.ts';

/** Who decides what goes there: the rules alone, or the destination as well. */
export type WhenMode = 'rules' | 'all' | 'some';

export const WHEN_MODES: readonly WhenMode[] = ['rules', 'all', 'some'];

interface HoursForm {
  readonly from: string;
  readonly to: string;
  /** Megabits a second. */
  readonly rate: string;
}

/** A destination as it stands in the form; fields of another kind than the chosen one are not sent. */
export interface DestinationForm {
  readonly id: string;
  readonly kind: DestinationKind;
  readonly enabled: boolean;
  readonly aeTitle: string;
  readonly host: string;
  readonly port: string;
  readonly callingAe: string;
  readonly commitment: boolean;
  readonly url: string;
  readonly token: string;
  /** What is there is removed. */
  readonly withoutToken: boolean;
  readonly certificate: string;
  readonly key: string;
  readonly withoutCertificate: boolean;
  readonly relay: boolean;
  readonly tls: (typeof TLS_MODES)[number];
  readonly fingerprint: string;
  readonly certificateName: string;
  readonly path: string;
  readonly names: 'hashed' | 'uids';
  readonly when: WhenMode;
  readonly callingAes: string;
  readonly modalities: string;
  readonly site: string;
  readonly basis: BasisKind | '';
  readonly evidence: string;
  /** Megabits a second; empty: as much as fits. */
  readonly rate: string;
  readonly hours: readonly HoursForm[];
}

export function destinationForm(destination: Destination | undefined): DestinationForm {
  return { ...COMMON, ...commonForm(destination), ...kindForm(destination) };
}

const COMMON: DestinationForm = {
  id: '',
  kind: 'dicom',
  enabled: true,
  aeTitle: '',
  host: '',
  port: '',
  callingAe: '',
  commitment: false,
  url: '',
  token: '',
  withoutToken: false,
  certificate: '',
  key: '',
  withoutCertificate: false,
  relay: false,
  tls: 'off',
  fingerprint: '',
  certificateName: '',
  path: '',
  names: 'hashed',
  when: 'rules',
  callingAes: '',
  modalities: '',
  site: '',
  basis: '',
  evidence: '',
  rate: '',
  hours: [],
};

function commonForm(destination: Destination | undefined): Partial<DestinationForm> {
  if (destination === undefined) {
    return {};
  }
  const { id, kind, enabled, when, site = '', basis, line } = destination;
  const some = (when?.callingAes.length ?? 0) + (when?.modalities.length ?? 0) > 0;
  return {
    id,
    kind,
    enabled,
    when: when === undefined ? 'rules' : some ? 'some' : 'all',
    callingAes: when?.callingAes.join(', ') ?? '',
    modalities: when?.modalities.join(', ') ?? '',
    site,
    basis: basis?.basis ?? '',
    evidence: basis?.evidence ?? '',
    rate: line?.bytesPerSecond === undefined ? '' : megabits(line.bytesPerSecond),
    hours: (line?.hours ?? []).map(({ from, to, bytesPerSecond }) => ({ from, to, rate: megabits(bytesPerSecond) })),
  };
}

function kindForm(destination: Destination | undefined): Partial<DestinationForm> {
  switch (destination?.kind) {
    case undefined:
      return {};
    case 'dicom': {
      const { aeTitle, host, port, callingAe = '', commitment } = destination;
      return { aeTitle, host, port: String(port), callingAe, commitment, ...tlsForm(destination.tls) };
    }
    case 'folder':
      return { path: destination.path, names: destination.names };
    case 'dicomweb':
    case 'filmless':
      return { url: destination.url, relay: destination.relay, ...tlsForm(destination.tls) };
  }
}

function tlsForm(tls: TlsSetting | undefined): Partial<DestinationForm> {
  const details = typeof tls === 'object' ? tls : {};
  return { tls: tlsMode(tls), fingerprint: details.fingerprint ?? '', certificateName: details.name ?? '' };
}

export type DestinationFaults = Readonly<Partial<Record<keyof DestinationForm, string>>>;

/** What has to be mended before it can be sent; of the hours the first that is wrong. */
export function destinationFaults(form: DestinationForm): DestinationFaults {
  const { id, kind, when, site, basis, rate, hours } = form;
  const wrong: readonly (readonly [keyof DestinationForm, boolean, TextKey])[] = [
    ['id', !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id.trim()), 'destinations.idWrong'],
    ...(kind === 'dicom' ? nodeFaults(form) : kind === 'folder' ? folderFaults(form) : webFaults(form)),
    ['callingAes', when === 'some' && nothingChosen(form), 'destinations.whenWrong'],
    ['modalities', codesOf(form.modalities).some((code) => !/^[A-Z0-9_]{1,16}$/.test(code)), 'aes.modalitiesWrong'],
    ['site', basis !== '' && site.trim() === '', 'destinations.siteNeeded'],
    ['rate', rate.trim() !== '' && bytesOfMegabits(rate) === undefined, 'destinations.rateWrong'],
    ['hours', hours.some((window) => !goodHours(window)), 'destinations.hoursWrong'],
  ];
  return Object.fromEntries(wrong.filter(([, fault]) => fault).map(([field, , key]) => [field, t(key)]));
}

type Fault = readonly [keyof DestinationForm, boolean, TextKey];

const TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;

function nodeFaults(form: DestinationForm): readonly Fault[] {
  const port = Number(form.port);
  return [
    ['aeTitle', !TITLE.test(form.aeTitle.trim()), 'aes.titleWrong'],
    ['host', !/^[A-Za-z0-9.:_-]{1,253}$/.test(form.host.trim()), 'connections.hostWrong'],
    ['port', !(Number.isInteger(port) && port >= 1 && port <= 65_535), 'aes.portWrong'],
    ['callingAe', form.callingAe.trim() !== '' && !TITLE.test(form.callingAe.trim()), 'aes.titleWrong'],
    ...tlsFaults(form),
  ];
}

function webFaults(form: DestinationForm): readonly Fault[] {
  const certificate = form.certificate.trim() !== '' || form.key.trim() !== '';
  const pem = (text: string) => text.includes('-----BEGIN ');
  return [
    ['url', !isAddress(form.url.trim()), 'destinations.urlWrong'],
    ['token', !/^[\x21-\x7e]{0,4096}$/.test(form.token.trim()), 'destinations.tokenWrong'],
    ['certificate', certificate && !pem(form.certificate), 'destinations.pemWrong'],
    ['key', certificate && !pem(form.key), 'destinations.pemWrong'],
    ...tlsFaults(form),
  ];
}

function tlsFaults({ tls, fingerprint }: DestinationForm): readonly Fault[] {
  return [['fingerprint', tls === 'fingerprint' && !/^[0-9A-F]{64}$/.test(bareFingerprint(fingerprint)), 'aes.fingerprintWrong']];
}

function folderFaults({ path }: DestinationForm): readonly Fault[] {
  return [['path', !/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path.trim()), 'destinations.pathWrong']];
}

function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && !/[?#@]/.test(text);
}

function nothingChosen({ callingAes, modalities }: DestinationForm): boolean {
  return namesOf(callingAes).length === 0 && codesOf(modalities).length === 0;
}

function goodHours({ from, to, rate }: HoursForm): boolean {
  const hour = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
  return hour.test(from) && hour.test(to) && bytesOfMegabits(rate) !== undefined;
}

/** What is sent: what says nothing is left out. Of a secret that was not typed nothing is said, and so it stays. */
export function destinationOf(form: DestinationForm): object {
  const { enabled, site, basis, evidence } = form;
  return {
    enabled,
    when: whenOf(form),
    site: optional(site),
    basis: basis === '' ? undefined : { basis, evidence: optional(evidence) },
    line: lineOf(form),
    ...(form.kind === 'dicom' ? nodeOf(form) : form.kind === 'folder' ? folderOf(form) : webOf(form)),
  };
}

function whenOf({ when, callingAes, modalities }: DestinationForm): object | undefined {
  switch (when) {
    case 'rules':
      return undefined;
    case 'all':
      return { callingAes: [], modalities: [] };
    case 'some':
      return { callingAes: namesOf(callingAes), modalities: codesOf(modalities) };
  }
}

function lineOf({ rate, hours }: DestinationForm): Line | undefined {
  const bytesPerSecond = bytesOfMegabits(rate);
  const windows = hours.map(({ from, to, rate: within }) => ({ from, to, bytesPerSecond: bytesOfMegabits(within) ?? 0 }));
  return bytesPerSecond === undefined && windows.length === 0
    ? undefined
    : { bytesPerSecond, hours: windows.length === 0 ? undefined : windows };
}

function nodeOf({ aeTitle, host, port, callingAe, commitment, ...form }: DestinationForm): object {
  return {
    kind: 'dicom',
    aeTitle: aeTitle.trim(),
    host: host.trim(),
    port: Number(port),
    callingAe: optional(callingAe),
    commitment: commitment || undefined,
    tls: tlsOf(form.tls, bareFingerprint(form.fingerprint), optional(form.certificateName)),
  };
}

function webOf(form: DestinationForm): object {
  const { kind, url, token, withoutToken, certificate, key, withoutCertificate, relay } = form;
  const fingerprint = form.tls === 'fingerprint' ? bareFingerprint(form.fingerprint) : undefined;
  const name = optional(form.certificateName);
  return {
    kind,
    url: url.trim(),
    token: token.trim() === '' ? (withoutToken ? null : undefined) : token.trim(),
    clientCertificate: certificate.trim() === '' ? (withoutCertificate ? null : undefined) : { cert: certificate, key },
    tls: fingerprint === undefined && name === undefined ? undefined : { fingerprint, name },
    relay: relay || undefined,
  };
}

function folderOf({ path, names }: DestinationForm): object {
  return { kind: 'folder', path: path.trim(), names };
}

function optional(text: string): string | undefined {
  return text.trim() || undefined;
}
