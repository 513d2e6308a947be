import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canHold, characterSet, encodeText, isCharacterSetTerm } from '@filmless/dicom';
import { type LimitName, ROUTER_LIMITS } from '../../src/limits.ts';
import { TLS_PROFILE } from '../../src/ul/tls/profile.ts';
import { code, table } from './markdown.ts';

const ROOT = join(import.meta.dirname, '../../../..');

export function cover(): string {
  const version = /"version": "([^"]+)"/.exec(readFileSync(join(ROOT, 'packages/filmless/package.json'), 'utf8'))?.[1] ?? '';
  return table(
    ['', ''],
    [
      ['product', 'Filmless: router, archive and viewer'],
      ['version', version],
      ['document', 'for this version; it is part of the sources and changes with them'],
    ],
  );
}

/** Limits that a peer may come to know; docs/limits.md has the others. */
const ASSOCIATION_LIMITS: Readonly<Partial<Record<LimitName, string>>> = {
  associations: 'associations at a time, in all',
  associationsPerAddress: 'of one address',
  reservedAssociations: 'of all, kept for addresses with fewer than two',
  connectionsPerSecond: 'new connections of one address, sustained',
  pduBytes: 'Maximum Length that is announced',
  sentPduBytes: 'longest P-DATA-TF that is sent',
  receivedPduBytes: 'longest P-DATA-TF that is taken',
  associateBytes: 'longest A-ASSOCIATE PDU',
  artimMs: 'ARTIM timer: for the A-ASSOCIATE-RQ, and for closing',
  handshakeMs: 'for the TLS handshake',
  idleMs: 'silence between messages',
  stallMs: 'silence within a message',
  responseMs: 'for the response to a request of ours',
  connectMs: 'for a TCP connection of ours',
  identifierBytes: 'longest identifier of C-FIND, C-MOVE, C-GET and worklist',
  performedStepBytes: 'longest data set of N-CREATE and N-SET',
  commitmentBytes: 'longest data set of a storage commitment',
  commitmentInstances: 'instances of one request for storage commitment',
  deliveryBatch: 'instances sent over one association',
  deliveryAttempts: 'times a delivery is tried',
  deliveryDelayMs: 'before the second try; doubled after each',
  deliveryMaxDelayMs: 'at most between two tries',
};

const UNITS = { bytes: 'bytes', ms: 'ms', count: '', 'per second': 'a second' } as const;

export function associationLimits(): string {
  const rows = Object.entries(ROUTER_LIMITS).flatMap(([name, { value, unit }]) => {
    const what = Object.entries(ASSOCIATION_LIMITS).find(([known]) => known === name)?.[1];
    return what === undefined ? [] : [[what, code(name), amount(value, unit)]];
  });
  return table(['what', 'limit', 'value'], rows);
}

function amount(value: number, unit: keyof typeof UNITS): string {
  return unit === 'ms' ? `${value / 1000} s` : `${value.toLocaleString('en-US')} ${UNITS[unit]}`.trim();
}

/** Versions and cipher suites as they are given to OpenSSL. */
export function tlsProfile(): string {
  const suites = (TLS_PROFILE.ciphers ?? '').split(':').filter((suite) => !suite.startsWith('@'));
  return table(
    ['setting', 'value'],
    [
      ['versions', `${TLS_PROFILE.minVersion ?? ''} to ${TLS_PROFILE.maxVersion ?? ''}`],
      ['cipher suites, the most wanted first', suites.map(code).join(', ')],
      ['OpenSSL security level', /@SECLEVEL=(\d)/.exec(TLS_PROFILE.ciphers ?? '')?.[1] ?? 'default'],
    ],
  );
}

/** Defined terms of PS3.3 tables C.12-2 to C.12-5, and a character of each; then what machines write beside them. */
const TERMS: readonly (readonly [terms: readonly string[], repertoire: string, character: string])[] = [
  [['ISO_IR 6'], 'ASCII, when none is named', 'a'],
  [['ISO_IR 100'], 'Latin 1', 'é'],
  [['ISO_IR 101'], 'Latin 2', 'ł'],
  [['ISO_IR 109'], 'Latin 3', 'ħ'],
  [['ISO_IR 110'], 'Latin 4', 'ģ'],
  [['ISO_IR 144'], 'Cyrillic', 'Ж'],
  [['ISO_IR 127'], 'Arabic', 'ب'],
  [['ISO_IR 126'], 'Greek', 'Ω'],
  [['ISO_IR 138'], 'Hebrew', 'ש'],
  [['ISO_IR 148'], 'Latin 5', 'ş'],
  [['ISO_IR 203'], 'Latin 9', '€'],
  [['ISO_IR 13'], 'Japanese, half-width katakana and romaji', 'ﾔ'],
  [['ISO_IR 166'], 'Thai', 'ก'],
  [['ISO_IR 192'], 'Unicode in UTF-8', 'ễ'],
  [['GB18030'], 'Chinese', '汉'],
  [['GBK'], 'Chinese', '汉'],
  [['', 'ISO 2022 IR 87'], 'Japanese kanji, with code extensions', '山'],
  [['', 'ISO 2022 IR 159'], 'Japanese supplementary kanji, with code extensions', '丂'],
  [['', 'ISO 2022 IR 149'], 'Korean, with code extensions', '김'],
  [['', 'ISO 2022 IR 58'], 'Simplified Chinese, with code extensions', '张'],
  [['windows-1258'], 'Vietnamese, a code page of no defined term', 'ê'],
  [['TCVN3'], 'Vietnamese, a code page of no defined term', 'ê'],
  [['VNI'], 'Vietnamese, a code page of no defined term', 'ê'],
];

/** Whether the character comes back that was written. */
function writes(terms: readonly string[], character: string): boolean {
  const bytes = encodeText(character, terms, 'LO');
  return bytes !== undefined && canHold(character, terms) && characterSet(terms).decode(bytes, 'LO') === character;
}

export function characterSets(): string {
  const rows = TERMS.map(([terms, repertoire, character]) => [
    terms.map((term) => (term === '' ? 'first value empty' : code(term))).join(', '),
    repertoire,
    terms.every((term) => term === '' || isCharacterSetTerm(term)) ? 'yes' : 'no',
    writes(terms, character) ? 'yes' : 'no',
  ]);
  return table(['Specific Character Set', 'repertoire', 'read', 'written in answers that are asked in it'], rows);
}
