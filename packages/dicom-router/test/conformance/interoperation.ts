import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { code, table } from './markdown.ts';

/*
 * Which service was tried with whom. A cell stands for tests that run the peer's own programs; the contract test holds file and
 * title of each to the sources, so that a test that goes takes its cell with it.
 */

export const PEERS = ['DCMTK', 'pynetdicom', 'Orthanc'] as const;
type Peer = (typeof PEERS)[number];

/** Where interop tests stand, from the root. */
const ROUTER = 'packages/dicom-router/test/interop';
const PRODUCT = 'packages/filmless/test/interop';

export interface Proof {
  readonly service: string;
  /** Our role. */
  readonly role: 'SCP' | 'SCU';
  readonly peer: Peer;
  readonly tls: boolean;
  /** From the root. */
  readonly file: string;
  /** Of the test, as it is written. */
  readonly title: string;
}

type Tried = readonly [peer: Peer, line: 'clear' | 'TLS', file: string, title: string];

const of = (service: string, role: Proof['role'], tried: readonly Tried[]): readonly Proof[] =>
  tried.map(([peer, line, file, title]) => ({ service, role, peer, tls: line === 'TLS', file, title }));

const TLS = `${ROUTER}/tls.test.ts`;
const CLIENT = `${ROUTER}/client.test.ts`;
const QUERY = `${PRODUCT}/query.test.ts`;
const RETRIEVE = `${PRODUCT}/retrieve.test.ts`;
const ARCHIVES = `${ROUTER}/archives.test.ts`;
const SECURE = `${PRODUCT}/tls.test.ts`;
const BOTH_WAYS = 'sends to us, and is sent to';
const JUDGED = 'is sent to, and its certificates are judged';

export const PROOFS: readonly Proof[] = [
  ...of('Verification', 'SCP', [
    ['DCMTK', 'clear', `${ROUTER}/dcmtk.test.ts`, 'echoes, and is told why when it may not'],
    ['DCMTK', 'TLS', TLS, 'is let in with a certificate of its own making that is entered for it'],
    ['pynetdicom', 'clear', `${ROUTER}/pynetdicom.test.ts`, 'gets through two hundred associations, one after the other'],
    ['pynetdicom', 'TLS', TLS, 'is asked for the user it names'],
    ['Orthanc', 'clear', SECURE, 'echoes in the clear'],
    ['Orthanc', 'TLS', TLS, BOTH_WAYS],
  ]),
  ...of('Verification', 'SCU', [
    ['DCMTK', 'clear', ARCHIVES, 'answers our echo in the clear'],
    ['DCMTK', 'TLS', TLS, JUDGED],
    ['pynetdicom', 'clear', ARCHIVES, 'is answered an echo'],
    ['pynetdicom', 'TLS', ARCHIVES, 'is answered an echo'],
    ['Orthanc', 'clear', ARCHIVES, 'is answered an echo'],
    ['Orthanc', 'TLS', ARCHIVES, 'is answered an echo'],
  ]),
  ...of('Storage', 'SCP', [
    ['DCMTK', 'clear', `${PRODUCT}/storage.test.ts`, 'keeps the bytes that came over the line, at a PDU size of %i'],
    ['DCMTK', 'TLS', TLS, 'stores by each of its profiles that are not retired and know our cipher suites: %s'],
    [
      'pynetdicom',
      'clear',
      `${PRODUCT}/storage.test.ts`,
      'brings back every file with the bytes it was sent, at a PDU size of %i',
    ],
    ['pynetdicom', 'TLS', TLS, 'stores by %s'],
    ['Orthanc', 'clear', `${PRODUCT}/orthanc.test.ts`, 'sends studies, and each instance comes back as Orthanc has it'],
    ['Orthanc', 'TLS', TLS, BOTH_WAYS],
  ]),
  ...of('Storage', 'SCU', [
    ['DCMTK', 'clear', `${ROUTER}/dcmtk.test.ts`, 'gets what our user sends, byte for byte, at its maximum'],
    ['DCMTK', 'clear', `${ROUTER}/dcmtk.test.ts`, 'gets deliveries after it was away, and after the router was'],
    ['DCMTK', 'TLS', TLS, JUDGED],
    ['pynetdicom', 'clear', `${ROUTER}/pynetdicom.test.ts`, 'gets every transfer syntax byte for byte'],
    ['pynetdicom', 'TLS', TLS, 'is sent to'],
    ['Orthanc', 'clear', `${PRODUCT}/orthanc.test.ts`, 'receives what the archive got, without anybody doing anything'],
    ['Orthanc', 'TLS', TLS, BOTH_WAYS],
  ]),
  ...of('Query/Retrieve FIND', 'SCP', [
    ['DCMTK', 'clear', QUERY, 'finds by a name without accents, and is answered in UTF-8'],
    ['DCMTK', 'clear', QUERY, 'asks at every level of the patient root'],
    ['pynetdicom', 'clear', QUERY, 'goes down the levels of both models'],
    ['pynetdicom', 'clear', QUERY, 'is cancelled in the middle'],
    ['Orthanc', 'clear', QUERY, 'finds by a name without accents; it loses the letters it cannot show, so it is sent none'],
    ['DCMTK', 'TLS', SECURE, 'finds a study over TLS'],
    ['pynetdicom', 'TLS', SECURE, 'finds a study'],
    ['Orthanc', 'TLS', SECURE, 'finds a study over TLS and retrieves it to itself'],
  ]),
  ...of('Query/Retrieve FIND', 'SCU', [
    ['DCMTK', 'clear', CLIENT, 'finds, gives each match as it comes, and can leave early and go on'],
    ['pynetdicom', 'clear', ARCHIVES, 'finds each instance of a series'],
    ['pynetdicom', 'TLS', ARCHIVES, 'finds each instance of a series'],
    ['Orthanc', 'clear', ARCHIVES, 'finds each instance of a series'],
    ['Orthanc', 'TLS', ARCHIVES, 'finds each instance of a series'],
  ]),
  ...of('Query/Retrieve MOVE', 'SCP', [
    ['DCMTK', 'clear', RETRIEVE, 'movescu has a study sent to a storescp, byte for byte'],
    ['pynetdicom', 'clear', RETRIEVE, 'brings a study, with who asked for it and counts now and then'],
    ['Orthanc', 'clear', RETRIEVE, 'finds a study and retrieves it to itself'],
    ['pynetdicom', 'TLS', SECURE, 'has a study moved to itself'],
    ['Orthanc', 'TLS', SECURE, 'finds a study over TLS and retrieves it to itself'],
  ]),
  ...of('Query/Retrieve MOVE', 'SCU', [
    ['DCMTK', 'clear', CLIENT, 'moves to another entity, told of the progress'],
    ['pynetdicom', 'clear', ARCHIVES, 'has a study moved to an entity that it knows, and is told when it knows none'],
    ['pynetdicom', 'TLS', ARCHIVES, 'has a study moved to an entity that it knows, and is told when it knows none'],
    ['Orthanc', 'clear', ARCHIVES, 'has a study moved to an entity that it knows, and is told when it knows none'],
    ['Orthanc', 'TLS', ARCHIVES, 'has a study moved to an entity that it knows, and is told when it knows none'],
  ]),
  ...of('Query/Retrieve GET', 'SCP', [
    ['DCMTK', 'clear', RETRIEVE, 'getscu brings a study byte for byte'],
    ['DCMTK', 'clear', RETRIEVE, 'getscu brings every kind of object that it proposes, from the files at hand'],
    ['pynetdicom', 'clear', RETRIEVE, 'brings a study on the association it asks on'],
    ['pynetdicom', 'clear', RETRIEVE, 'brings it in a transfer syntax that was accepted'],
    ['pynetdicom', 'TLS', SECURE, 'gets a study on the association it asks on'],
  ]),
  ...of('Query/Retrieve GET', 'SCU', [
    ['DCMTK', 'clear', CLIENT, 'gets on the same association, what comes being taken by its handler'],
    ['pynetdicom', 'clear', ARCHIVES, 'gets a study on the association it asks on'],
    ['pynetdicom', 'TLS', ARCHIVES, 'gets a study on the association it asks on'],
    ['Orthanc', 'clear', ARCHIVES, 'gets a study on the association it asks on'],
    ['Orthanc', 'TLS', ARCHIVES, 'gets a study on the association it asks on'],
  ]),
  ...of('Modality Worklist', 'SCP', [
    ['DCMTK', 'clear', `${ROUTER}/worklist.test.ts`, 'finds by name, station and modality, in UTF-8'],
    ['DCMTK', 'clear', `${ROUTER}/worklist.test.ts`, 'asks with the identifier of a file, as worklist clients do'],
    ['pynetdicom', 'clear', `${ROUTER}/worklist.test.ts`, 'by station and day, and gets its steps whole'],
    ['DCMTK', 'TLS', SECURE, 'reads a worklist over TLS'],
    ['pynetdicom', 'TLS', SECURE, 'reads its worklist'],
    ['Orthanc', 'clear', SECURE, 'reads a worklist, in the clear and over TLS (%s)'],
    ['Orthanc', 'TLS', SECURE, 'reads a worklist, in the clear and over TLS (%s)'],
  ]),
  ...of('Modality Worklist', 'SCU', [
    ['DCMTK', 'clear', CLIENT, 'reads a worklist'],
    ['pynetdicom', 'clear', ARCHIVES, 'reads the worklist of a station'],
    ['pynetdicom', 'TLS', ARCHIVES, 'reads the worklist of a station'],
    ['Orthanc', 'clear', ARCHIVES, 'reads the worklist of a station'],
    ['Orthanc', 'TLS', ARCHIVES, 'reads the worklist of a station'],
  ]),
  ...of('MPPS, and MPPS Retrieve', 'SCP', [
    ['pynetdicom', 'clear', `${ROUTER}/mpps.test.ts`, 'from beginning to end and sees what came of it (explicit VR: %s)'],
    ['pynetdicom', 'TLS', SECURE, 'reports the beginning and the end of a step'],
  ]),
  ...of('Storage Commitment', 'SCP', [
    ['pynetdicom', 'clear', `${ROUTER}/commitment.test.ts`, 'and stays for the answer: it comes on the same association'],
    ['pynetdicom', 'clear', `${ROUTER}/commitment.test.ts`, 'and leaves: it is called, and told which one is missing'],
    ['Orthanc', 'clear', `${PRODUCT}/commitment.test.ts`, 'asks whether images are safe, and is told which one is missing'],
    ['pynetdicom', 'TLS', SECURE, 'is told whether its images are safe, on its association and when it is called'],
    ['Orthanc', 'TLS', SECURE, 'asks over TLS whether images are safe'],
  ]),
  ...of('Storage Commitment', 'SCU', [
    [
      'pynetdicom',
      'clear',
      `${ROUTER}/commitment.test.ts`,
      'and says so on the %s association of %s; what it lost is sent again',
    ],
    ['Orthanc', 'clear', ARCHIVES, 'pynetdicom and Orthanc commit themselves, and what they lost is sent again (%s)'],
    ['pynetdicom', 'TLS', ARCHIVES, 'pynetdicom and Orthanc commit themselves, and what they lost is sent again (%s)'],
    ['Orthanc', 'TLS', ARCHIVES, 'pynetdicom and Orthanc commit themselves, and what they lost is sent again (%s)'],
  ]),
  ...of('User identity', 'SCP', [
    ['DCMTK', 'clear', SECURE, 'is asked for the user it names, in the clear and over TLS'],
    ['DCMTK', 'TLS', SECURE, 'is asked for the user it names, in the clear and over TLS'],
    ['pynetdicom', 'clear', TLS, 'is asked for the user it names in the clear too'],
    ['pynetdicom', 'TLS', TLS, 'is asked for the user it names'],
  ]),
];

/** What a peer has not got, in the version that Debian or PyPI has, so that it cannot be tried. */
export interface Lack {
  readonly service: string;
  readonly role: Proof['role'];
  readonly peer: Peer;
  readonly lines: readonly ('clear' | 'TLS')[];
  readonly why: string;
}

const NEITHER = ['clear', 'TLS'] as const;
const lacks = (peer: Peer, lines: Lack['lines'], why: string, services: readonly (readonly [string, Proof['role']])[]) =>
  services.map(([service, role]): Lack => ({ service, role, peer, lines, why }));

const MPPS = 'MPPS, and MPPS Retrieve';

export const LACKS: readonly Lack[] = [
  ...lacks('DCMTK', NEITHER, 'no program', [
    [MPPS, 'SCP'],
    ['Storage Commitment', 'SCP'],
    ['Storage Commitment', 'SCU'],
  ]),
  ...lacks('DCMTK', ['TLS'], '`movescu` and `getscu` 3.6.7 know no TLS', [
    ['Query/Retrieve MOVE', 'SCP'],
    ['Query/Retrieve GET', 'SCP'],
  ]),
  ...lacks('DCMTK', ['TLS'], '`dcmqrscp` and `wlmscpfs` 3.6.7 know no TLS', [
    ['Query/Retrieve FIND', 'SCU'],
    ['Query/Retrieve MOVE', 'SCU'],
    ['Query/Retrieve GET', 'SCU'],
    ['Modality Worklist', 'SCU'],
  ]),
  ...lacks('Orthanc', NEITHER, '1.10 retrieves by C-MOVE alone', [['Query/Retrieve GET', 'SCP']]),
  ...lacks('Orthanc', NEITHER, 'no such service in 1.10', [
    [MPPS, 'SCP'],
    ['User identity', 'SCP'],
  ]),
];

/** Tests with these programs that try no service with a peer. */
const NO_CELL: ReadonlySet<string> = new Set([
  // Memory of long answers, by DCMTK.
  `${ROUTER}/query-memory.test.ts`,
  // What goes wrong, on purpose.
  `${ROUTER}/doctor.test.ts`,
  // Copies that are de-identified, judged by pydicom.
  `${ROUTER}/deidentified-corpus.test.ts`,
  `${PRODUCT}/derived-copies.test.ts`,
  // Two servers of this product with each other.
  `${PRODUCT}/gateway.test.ts`,
  // DICOMweb, figures, files to install.
  `${PRODUCT}/dicomweb.test.ts`,
  `${PRODUCT}/orthanc-dicomweb.test.ts`,
  `${PRODUCT}/worklist.test.ts`,
  `${PRODUCT}/metrics.test.ts`,
  `${PRODUCT}/deploy.test.ts`,
]);

const ROOT = join(import.meta.dirname, '../../../..');

/** Why the sources do not bear a proof out; undefined when they do. */
export function problemOf({ file, title, peer }: Pick<Proof, 'file' | 'title' | 'peer'>): string | undefined {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const [needs = ''] = source.split('\n');
  const program = { DCMTK: 'dcmtk', pynetdicom: 'python', Orthanc: 'orthanc' }[peer];
  if (!needs.startsWith('// needs:') || !needs.includes(program)) {
    return `${file} does not say that it needs ${program}`;
  }
  const found = [...source.matchAll(/\bit(?:\.each(?:<[^(]*>)?\([\s\S]*?\))?\(\s*'([^']*)'/g)].map(([, name]) => name);
  return found.includes(title) ? undefined : `${file} has no test called ${JSON.stringify(title)}`;
}

/** Files of interop tests that no cell names. */
export function filesWithoutCell(): readonly string[] {
  const named = new Set(PROOFS.map(({ file }) => file));
  return [ROUTER, PRODUCT]
    .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`))
    .filter((file) => file.endsWith('.test.ts') && !named.has(file) && !NO_CELL.has(file));
}

interface Cell {
  readonly peer: Peer;
  readonly tls: boolean;
  readonly tested: boolean;
  /** Why the peer cannot; undefined when it can. */
  readonly lack: string | undefined;
}

interface Row {
  readonly service: string;
  readonly role: Proof['role'];
  readonly cells: readonly Cell[];
}

/** One row a service and role, one cell a peer and line. */
export function matrix(): readonly Row[] {
  const columns = PEERS.flatMap((peer) => [false, true].map((tls) => ({ peer, tls })));
  const rows = new Map(PROOFS.map(({ service, role }) => [`${service} ${role}`, { service, role }]));
  return [...rows.values()].map(({ service, role }) => {
    const here = (one: { readonly service: string; readonly role: string; readonly peer: Peer }, peer: Peer) =>
      one.service === service && one.role === role && one.peer === peer;
    const cells = columns.map(({ peer, tls }) => ({
      peer,
      tls,
      tested: PROOFS.some((proof) => here(proof, peer) && proof.tls === tls),
      lack: LACKS.find((lack) => here(lack, peer) && lack.lines.includes(tls ? 'TLS' : 'clear'))?.why,
    }));
    return { service, role, cells };
  });
}

export function interoperation(): string {
  const rows = matrix();
  return table(
    ['service', 'our role', ...(rows[0]?.cells ?? []).map(({ peer, tls }) => `${peer}${tls ? ', TLS' : ''}`)],
    rows.map(({ service, role, cells }) => [
      service,
      role,
      ...cells.map(({ tested, lack }) => (tested ? 'tested' : lack === undefined ? 'not tested' : `peer has none: ${lack}`)),
    ]),
  );
}

export function proofs(): string {
  return table(
    ['service', 'our role', 'peer', 'test'],
    PROOFS.map(({ service, role, peer, tls, file, title }) => [
      service,
      role,
      `${peer}${tls ? ', TLS' : ''}`,
      `${code(file)}: ${title}`,
    ]),
  );
}
