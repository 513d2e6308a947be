import type { Ae, AePermission, OnConflict, TlsSetting } from '../api/aes.ts';
import { type TextKey, t } from '../i18n/index.ts';

type TlsMode = 'off' | 'authority' | 'fingerprint';

export const TLS_MODES: readonly TlsMode[] = ['off', 'authority', 'fingerprint'];

/** A machine as it stands in the form. */
export interface AeForm {
  readonly title: string;
  readonly host: string;
  readonly port: string;
  readonly may: readonly AePermission[];
  readonly facility: string;
  readonly tls: TlsMode;
  readonly fingerprint: string;
  readonly certificateName: string;
  readonly charsetIn: string;
  readonly asciiNames: boolean;
  readonly onConflict: OnConflict;
  /** Codes separated by commas or spaces. */
  readonly modalities: string;
  /** Names separated by commas: they may have spaces. */
  readonly rooms: string;
  readonly days: string;
  readonly quiet: boolean;
  readonly urgent: boolean;
}

export function aeForm(ae: Ae | undefined, facility: string): AeForm {
  const details = typeof ae?.tls === 'object' ? ae.tls : {};
  return {
    title: ae?.title ?? '',
    host: ae?.host ?? '',
    port: ae?.port === undefined ? '' : String(ae.port),
    may: ae?.may ?? ['echo', 'store'],
    facility: ae?.facility ?? facility,
    tls: tlsMode(ae?.tls),
    fingerprint: details.fingerprint ?? '',
    certificateName: details.name ?? '',
    charsetIn: ae?.charsetIn ?? '',
    asciiNames: ae?.asciiNames ?? false,
    onConflict: ae?.onConflict ?? 'ask',
    modalities: ae?.worklist?.modalities?.join(', ') ?? '',
    rooms: ae?.worklist?.rooms?.join(', ') ?? '',
    days: ae?.worklist?.days === undefined ? '' : String(ae.worklist.days),
    quiet: ae?.quiet ?? false,
    urgent: ae?.urgent ?? false,
  };
}

export function tlsMode(tls: TlsSetting | undefined): TlsMode {
  if (tls === undefined || tls === false) {
    return 'off';
  }
  return typeof tls === 'object' && tls.fingerprint !== undefined ? 'fingerprint' : 'authority';
}

export type AeFaults = Readonly<Partial<Record<keyof AeForm, string>>>;

/** What has to be mended before it can be sent. */
export function aeFaults(form: AeForm): AeFaults {
  const days = Number(form.days);
  const port = Number(form.port);
  const wrong: readonly (readonly [keyof AeForm, boolean, TextKey])[] = [
    ['title', !/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(form.title.trim()), 'aes.titleWrong'],
    ['port', form.port.trim() !== '' && !(Number.isInteger(port) && port >= 1 && port <= 65_535), 'aes.portWrong'],
    [
      'fingerprint',
      form.tls === 'fingerprint' && !/^[0-9A-F]{64}$/.test(bareFingerprint(form.fingerprint)),
      'aes.fingerprintWrong',
    ],
    ['modalities', codesOf(form.modalities).some((code) => !/^[A-Z0-9_]{1,16}$/.test(code)), 'aes.modalitiesWrong'],
    ['rooms', namesOf(form.rooms).some((name) => [...name].length > 16), 'aes.roomsWrong'],
    ['days', form.days.trim() !== '' && !(Number.isInteger(days) && days >= 0 && days <= 366), 'aes.daysWrong'],
  ];
  return Object.fromEntries(wrong.filter(([, fault]) => fault).map(([field, , key]) => [field, t(key)]));
}

/** What is sent: what says nothing is left out, and so what it was before is gone. */
export function aeOf(form: AeForm): Ae {
  const { tls, fingerprint, certificateName, charsetIn, asciiNames, onConflict, modalities, rooms, days, quiet, urgent } = form;
  const worklist = {
    modalities: some(codesOf(modalities)),
    rooms: some(namesOf(rooms)),
    days: days.trim() === '' ? undefined : Number(days),
  };
  const name = optional(certificateName);
  const limited = Object.values(worklist).some((value) => value !== undefined);
  return {
    title: form.title.trim(),
    host: optional(form.host),
    port: form.port.trim() === '' ? undefined : Number(form.port),
    may: form.may,
    facility: form.facility,
    tls: tlsOf(tls, bareFingerprint(fingerprint), name),
    charsetIn: optional(charsetIn),
    asciiNames: asciiNames || undefined,
    onConflict: onConflict === 'ask' ? undefined : onConflict,
    worklist: limited ? worklist : undefined,
    quiet: quiet || undefined,
    urgent: urgent || undefined,
  };
}

export function tlsOf(mode: TlsMode, fingerprint: string, name: string | undefined): TlsSetting | undefined {
  switch (mode) {
    case 'off':
      return undefined;
    case 'authority':
      return name === undefined ? true : { name };
    case 'fingerprint':
      return { fingerprint, name };
  }
}

/** As people copy it, with colons and in any case. */
export function bareFingerprint(fingerprint: string): string {
  return fingerprint.replace(/[:\s]/g, '').toUpperCase();
}

export function codesOf(text: string): readonly string[] {
  return text
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
}

export function namesOf(text: string): readonly string[] {
  return text
    .split(/[,;]+/)
    .map((name) => name.trim())
    .filter(Boolean);
}

function optional(text: string): string | undefined {
  return text.trim() || undefined;
}

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : [...new Set(values)];
}
