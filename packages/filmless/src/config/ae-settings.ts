import { isCharacterSetTerm } from '@filmless/dicom';
import {
  type AeConfig,
  canonicalFingerprint,
  ON_CONFLICT,
  type OnConflict,
  type TlsSetting,
  type WorklistSettings,
} from '@filmless/dicom-router';
import type { YamlNode } from './yaml-node.ts';

/** What can be set for an application entity beside who and where it is, as `filmless.yaml` has it. */

export const AE_SETTINGS_KEYS: readonly string[] = [
  'tls',
  'charsetIn',
  'asciiNames',
  'onConflict',
  'worklist',
  'urgent',
  'quiet',
];

/** Most modalities or rooms of a worklist; the page takes no more either. */
const MOST_NAMES = 100;
const MOST_DAYS = 366;

type AeSettings = Pick<AeConfig, 'tls' | 'charsetIn' | 'asciiNames' | 'onConflict' | 'worklist' | 'urgent' | 'quiet'>;

export function parseAeSettings(node: YamlNode): AeSettings {
  const tls = node.get('tls');
  const charsetIn = node.get('charsetIn');
  const asciiNames = node.get('asciiNames');
  const urgent = node.get('urgent');
  const onConflict = node.get('onConflict');
  const worklist = node.get('worklist');
  const quiet = node.get('quiet');
  return {
    ...(tls === undefined ? {} : { tls: parseTls(tls) }),
    ...(charsetIn === undefined ? {} : { charsetIn: parseCharset(charsetIn) }),
    ...(asciiNames === undefined ? {} : { asciiNames: asciiNames.truth() }),
    ...(urgent === undefined ? {} : { urgent: urgent.truth() }),
    ...(onConflict === undefined ? {} : { onConflict: parseOnConflict(onConflict) }),
    ...(worklist === undefined ? {} : { worklist: parseWorklist(worklist) }),
    ...(quiet === undefined ? {} : { quiet: quiet.truth() }),
  };
}

function parseTls(node: YamlNode): TlsSetting {
  if (!node.isMap) {
    return node.truth();
  }
  node.onlyKeys(['fingerprint', 'name']);
  const fingerprint = node.get('fingerprint');
  const name = node.get('name')?.text();
  return {
    ...(fingerprint === undefined ? {} : { fingerprint: parseFingerprint(fingerprint) }),
    ...(name === undefined ? {} : { name }),
  };
}

function parseFingerprint(node: YamlNode): string {
  return (
    canonicalFingerprint(node.text()) ??
    node.fail('a fingerprint is the SHA-256 of a certificate: 64 hexadecimal digits, with colons between them or without')
  );
}

function parseCharset(node: YamlNode): string {
  const term = node.text();
  return isCharacterSetTerm(term)
    ? term
    : node.fail(
        `the character set "${term}" is not known; give a term of DICOM (ISO_IR 100, GB18030), windows-1258, TCVN3 or VNI`,
      );
}

function parseOnConflict(node: YamlNode): OnConflict {
  const text = node.text();
  return ON_CONFLICT.find((choice) => choice === text) ?? node.fail(`"${text}" is none of ${ON_CONFLICT.join(', ')}`);
}

function parseWorklist(node: YamlNode): WorklistSettings {
  node.onlyKeys(['modalities', 'rooms', 'days']);
  const modalities = node.get('modalities');
  const rooms = node.get('rooms');
  const days = node.get('days')?.integer(0, MOST_DAYS);
  return {
    ...(modalities === undefined
      ? {}
      : { modalities: names(modalities, /^[A-Z0-9_ ]{1,16}$/, 'a modality is a code as in (0008,0060): CT, MR, US') }),
    ...(rooms === undefined ? {} : { rooms: names(rooms, /^[^\\\p{Cc}]{1,16}$/u, 'a room has 1 to 16 characters') }),
    ...(days === undefined ? {} : { days }),
  };
}

function names(node: YamlNode, form: RegExp, expected: string): readonly string[] {
  const items = node.items();
  if (items.length > MOST_NAMES) {
    node.fail(`${items.length} stand here, ${MOST_NAMES} is the limit`);
  }
  return items.map((item) => {
    const text = item.text().normalize('NFC').trim();
    return form.test(text) ? text : item.fail(expected);
  });
}
