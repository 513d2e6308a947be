import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSopClass, STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES } from '@filmless/dicom';
import { acceptorPolicy } from '../../src/aes/acceptor-policy.ts';
import type { AePermission } from '../../src/aes/ae-config.ts';
import { serviceClass } from '../../src/aes/service-classes.ts';
import { proposedGroups } from '../../src/destinations/transfer-choice.ts';
import { ROUTER_LIMITS, routerLimits } from '../../src/limits.ts';
import { FIND_MODELS, GET_MODELS, MOVE_MODELS } from '../../src/query/information-model.ts';
import { answer } from '../../src/ul/negotiation.ts';
import { APPLICATION_CONTEXT, type AssociateAc, type AssociateRq, type UserInformation } from '../../src/ul/pdu/model.ts';
import { type RejectionReason, rejectPdu } from '../../src/ul/rejection.ts';
import { code, table } from './markdown.ts';

/*
 * What is agreed on is not read from settings: associations are proposed to the policy of the product, and its answers written down.
 */

const ALL: readonly AePermission[] = ['echo', 'store', 'query', 'retrieve'];
const ALL_SYNTAXES: readonly string[] = TRANSFER_SYNTAXES.map(({ uid }) => uid);

function negotiate(
  may: readonly AePermission[],
  sopClassUid: string,
  user: Partial<UserInformation>,
  syntaxes = ALL_SYNTAXES,
): AssociateAc {
  const policy = acceptorPolicy({
    aeTitle: 'FILMLESS',
    rights: () => ({ may, facility: 'main', listed: true, settings: {} }),
    unknownSopClasses: false,
  });
  const request: AssociateRq = {
    type: 'associate-rq',
    protocolVersion: 1,
    calledAe: 'FILMLESS',
    callingAe: 'PEER',
    applicationContext: APPLICATION_CONTEXT,
    contexts: syntaxes.map((uid, index) => ({ id: 2 * index + 1, abstractSyntax: sopClassUid, transferSyntaxes: [uid] })),
    user: { maxLength: 0, implementationClassUid: '1.2.3', roles: [], extended: [], commonExtended: [], ...user },
  };
  return answer(request, policy, routerLimits());
}

function acceptedSyntaxes(may: readonly AePermission[], sopClassUid: string): readonly string[] {
  const { contexts } = negotiate(may, sopClassUid, {});
  return contexts.filter(({ result }) => result === 0).map(({ transferSyntax }) => transferSyntax);
}

/** Which single rights open a context to a peer that is user, or provider. */
function rightsFor(sopClassUid: string, role: 'scu' | 'scp'): readonly AePermission[] {
  const roles = [{ sopClassUid, scu: role === 'scu', scp: role === 'scp' }];
  return ALL.filter((right) => negotiate([right], sopClassUid, { roles }).user.roles.some((agreed) => agreed[role]));
}

function described(syntaxes: readonly string[]): string {
  return syntaxes.length === ALL_SYNTAXES.length
    ? `all ${ALL_SYNTAXES.length} of the table of transfer syntaxes`
    : TRANSFER_SYNTAXES.filter(({ uid }) => syntaxes.includes(uid))
        .map(({ name }) => name)
        .join(', ');
}

/** Names of PS3.6 table A-1; that of a new abstract syntax is missing here, and the test says so. */
const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.1': 'Verification',
  '1.2.840.10008.1.20.1': 'Storage Commitment Push Model',
  '1.2.840.10008.3.1.2.3.3': 'Modality Performed Procedure Step',
  '1.2.840.10008.3.1.2.3.4': 'Modality Performed Procedure Step Retrieve',
  '1.2.840.10008.5.1.4.31': 'Modality Worklist Information Model - FIND',
};

export function abstractSyntaxName(uid: string): string {
  const kinds = [
    [FIND_MODELS, 'FIND'],
    [MOVE_MODELS, 'MOVE'],
    [GET_MODELS, 'GET'],
  ] as const;
  for (const [models, kind] of kinds) {
    const model = models.get(uid);
    if (model !== undefined) {
      return `${model.name} Query/Retrieve Information Model - ${kind}`;
    }
  }
  const name = NAMES[uid] ?? findSopClass(uid)?.name;
  if (name === undefined) {
    throw new Error(`${uid} is accepted and has no name in this table`);
  }
  return name;
}

const SRC = join(import.meta.dirname, '../../src');

/** Abstract syntaxes that are no storage: of all UIDs in the sources those that stand for a service. */
function serviceUids(): readonly string[] {
  const sources = globSync('**/*.ts', { cwd: SRC }).filter((file) => !file.endsWith('.test.ts'));
  const written = sources.flatMap(
    (file) => readFileSync(join(SRC, file), 'utf8').match(/(?<=')1\.2\.840\.10008\.[\d.]+(?=')/g) ?? [],
  );
  return [...new Set(written)]
    .filter((uid) => findSopClass(uid) === undefined && serviceClass(uid, false) !== undefined)
    .toSorted((one, other) => abstractSyntaxName(one).localeCompare(abstractSyntaxName(other), 'en'));
}

function serviceRow(uid: string, name: string, shown: string): readonly string[] {
  const rights = (role: 'scu' | 'scp') => rightsFor(uid, role).map(code).join(', ') || 'no';
  return [name, shown, rights('scu'), rights('scp'), described(acceptedSyntaxes(ALL, uid))];
}

export function acceptedServices(): string {
  const ct = STORAGE_SOP_CLASSES.find(({ uid }) => uid === '1.2.840.10008.5.1.4.1.1.2');
  return table(
    ['SOP class', 'UID', 'peer may be SCU with the right', 'peer may be SCP with the right', 'transfer syntaxes accepted'],
    [
      ...serviceUids().map((uid) => serviceRow(uid, abstractSyntaxName(uid), code(uid))),
      serviceRow(ct?.uid ?? '', `Storage: each of the ${STORAGE_SOP_CLASSES.length} SOP classes listed below`, 'listed below'),
    ],
  );
}

export function storageSopClasses(): string {
  const rows = STORAGE_SOP_CLASSES.map(({ uid, name }) => {
    const complete = acceptedSyntaxes(ALL, uid).length === ALL_SYNTAXES.length;
    return [name, code(uid), complete ? 'all' : described(acceptedSyntaxes(ALL, uid))];
  });
  return table(['SOP class', 'UID', 'transfer syntaxes'], rows);
}

export function transferSyntaxes(): string {
  const yes = (uids: readonly string[] = []) => (uids.length === 0 ? 'no' : 'yes');
  const rows = TRANSFER_SYNTAXES.map(({ uid, name, lossy }) => {
    const [, same = [], uncompressed, lossless] = proposedGroups(uid);
    const taken = acceptedSyntaxes(['store'], '1.2.840.10008.5.1.4.1.1.2').includes(uid);
    const wider = same.map((one) => code(one)).join(', ') || 'none';
    return [name, code(uid), lossy ? 'may lose' : 'lossless', taken ? 'yes' : 'no', wider, yes(uncompressed), yes(lossless)];
  });
  return table(
    [
      'transfer syntax',
      'UID',
      'coding',
      'accepted and kept (SCP)',
      'proposed for the same bytes (SCU)',
      'uncompressed also proposed',
      'other lossless ones also proposed',
    ],
    rows,
  );
}

const FIND_BYTES = [
  'relational queries',
  'date-time matching',
  'fuzzy matching of names',
  'timezone query adjustment',
  'enhanced multi-frame image conversion',
];
const RETRIEVE_BYTES = ['relational retrieval', 'enhanced multi-frame image conversion'];
const STORAGE_BYTES = [
  'level of support: 2, full',
  'reserved',
  'level of digital signature support: 3, kept bit by bit',
  'reserved',
  'element coercion: 0, none',
  'reserved',
];

function extendedRows(sopClassUid: string, service: string, asked: readonly number[], names: readonly string[]) {
  const extended = [{ sopClassUid, information: Uint8Array.from(asked) }];
  const [agreed] = negotiate(ALL, sopClassUid, { extended }).user.extended;
  return names.map((name, index) => [service, String(index + 1), name, agreedByte(agreed?.information[index])]);
}

function agreedByte(value: number | undefined): string {
  return value === undefined ? 'left out of the answer: not supported' : String(value);
}

/** What is answered to a peer that asks for everything. PS3.4 tables C.5-1, C.5-3, C.5-5, B.3.1. */
export function extendedNegotiation(): string {
  const first = (models: ReadonlyMap<string, unknown>) => [...models.keys()][0] ?? '';
  return table(
    ['service', 'byte', 'meaning', 'answered when 1 is asked for'],
    [
      ...extendedRows(first(FIND_MODELS), 'C-FIND', [1, 1, 1, 1, 1], FIND_BYTES),
      ...extendedRows(first(MOVE_MODELS), 'C-MOVE', [1, 1], RETRIEVE_BYTES),
      ...extendedRows(first(GET_MODELS), 'C-GET', [1, 1], RETRIEVE_BYTES),
      ...extendedRows('1.2.840.10008.5.1.4.1.1.2', 'Storage', [1, 0, 1, 0, 1, 0], STORAGE_BYTES),
    ],
  );
}

/** Maximum PDU, identification and window as they stand in an A-ASSOCIATE-AC. */
export function answeredUserInformation(): string {
  const asked = { asynchronousOperations: { invoked: 0, performed: 0 } };
  const { user } = negotiate(ALL, '1.2.840.10008.1.1', asked);
  const { invoked, performed } = user.asynchronousOperations ?? { invoked: 1, performed: 1 };
  return table(
    ['item', 'value'],
    [
      ['Application Context Name', code(APPLICATION_CONTEXT)],
      ['Maximum Length Received', `${user.maxLength} bytes`],
      ['Implementation Class UID', code(user.implementationClassUid)],
      ['Implementation Version Name', code(user.implementationVersionName ?? '')],
      [
        'Asynchronous Operations Window as acceptor, when the peer asks for any number',
        `${invoked} invoked by the peer, ${performed} performed by the peer`,
      ],
      [
        'Asynchronous Operations Window as requestor, for C-STORE',
        `${ROUTER_LIMITS.openOperations.value} invoked by us, 1 performed by us`,
      ],
    ],
  );
}

const REJECTED: Readonly<Record<RejectionReason, string>> = {
  'no reason given':
    'no presentation context or two of one id; a user identity that is not an account, cannot be read or is of a type that is not supported',
  'application context name not supported': 'another application context than that of DICOM',
  'calling AE title not recognized':
    'the peer may do nothing here; it is set to call by TLS and called in the clear; its certificate is not the one that is set, or not vouched for',
  'called AE title not recognized': 'the AE title called is another',
  'no reason given (provider)': 'the Maximum Length of the peer is too short for any message',
  'protocol version not supported': 'protocol version 1 is not among those of the request',
  'temporary congestion': 'one address connects too often; too many failed sign-ins by user identity',
  'local limit exceeded': 'too many associations, of one address or of all',
};

export function rejections(): string {
  const reasons = Object.entries(REJECTED).map(([name, when]) => {
    const { result, source, reason } = rejectPdu(name as RejectionReason);
    return [`${result}/${source}/${reason}`, name, when];
  });
  return table(['result/source/reason', 'name', 'when'], reasons);
}
