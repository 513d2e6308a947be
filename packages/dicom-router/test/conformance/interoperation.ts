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
const BOTH_WAYS = 'sends to us, and is sent to';
const JUDGED = 'is sent to, and its certificates are judged';

export const PROOFS: readonly Proof[] = [
  ...of('Verification', 'SCP', [
    ['DCMTK', 'clear', `${ROUTER}/dcmtk.test.ts`, 'echoes, and is told why when it may not'],
    ['DCMTK', 'TLS', TLS, 'is let in with a certificate of its own making that is entered for it'],
    ['pynetdicom', 'clear', `${ROUTER}/pynetdicom.test.ts`, 'gets through two hundred associations, one after the other'],
    ['pynetdicom', 'TLS', TLS, 'is asked for the user it names'],
    ['Orthanc', 'TLS', TLS, BOTH_WAYS],
  ]),
  ...of('Verification', 'SCU', [['DCMTK', 'TLS', TLS, JUDGED]]),
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
  ]),
  ...of('Query/Retrieve FIND', 'SCU', [
    ['DCMTK', 'clear', CLIENT, 'finds, gives each match as it comes, and can leave early and go on'],
  ]),
  ...of('Query/Retrieve MOVE', 'SCP', [
    ['DCMTK', 'clear', RETRIEVE, 'movescu has a study sent to a storescp, byte for byte'],
    ['pynetdicom', 'clear', RETRIEVE, 'brings a study, with who asked for it and a count after each instance'],
    ['Orthanc', 'clear', RETRIEVE, 'finds a study and retrieves it to itself'],
  ]),
  ...of('Query/Retrieve MOVE', 'SCU', [['DCMTK', 'clear', CLIENT, 'moves to another entity, told of the progress']]),
  ...of('Query/Retrieve GET', 'SCP', [
    ['DCMTK', 'clear', RETRIEVE, 'getscu brings a study byte for byte'],
    ['DCMTK', 'clear', RETRIEVE, 'getscu brings every kind of object that it proposes, from the files at hand'],
    ['pynetdicom', 'clear', RETRIEVE, 'brings a study on the association it asks on'],
    ['pynetdicom', 'clear', RETRIEVE, 'brings it in a transfer syntax that was accepted'],
  ]),
  ...of('Query/Retrieve GET', 'SCU', [
    ['DCMTK', 'clear', CLIENT, 'gets on the same association, what comes being taken by its handler'],
  ]),
  ...of('Modality Worklist', 'SCP', [
    ['DCMTK', 'clear', `${ROUTER}/worklist.test.ts`, 'finds by name, station and modality, in UTF-8'],
    ['DCMTK', 'clear', `${ROUTER}/worklist.test.ts`, 'asks with the identifier of a file, as worklist clients do'],
    ['pynetdicom', 'clear', `${ROUTER}/worklist.test.ts`, 'by station and day, and gets its steps whole'],
  ]),
  ...of('Modality Worklist', 'SCU', [['DCMTK', 'clear', CLIENT, 'reads a worklist']]),
  ...of('MPPS, and MPPS Retrieve', 'SCP', [
    ['pynetdicom', 'clear', `${ROUTER}/mpps.test.ts`, 'from beginning to end and sees what came of it (explicit VR: %s)'],
  ]),
  ...of('Storage Commitment', 'SCP', [
    ['pynetdicom', 'clear', `${ROUTER}/commitment.test.ts`, 'and stays for the answer: it comes on the same association'],
    ['pynetdicom', 'clear', `${ROUTER}/commitment.test.ts`, 'and leaves: it is called, and told which one is missing'],
    ['Orthanc', 'clear', `${PRODUCT}/commitment.test.ts`, 'asks whether images are safe, and is told which one is missing'],
  ]),
  ...of('Storage Commitment', 'SCU', [
    ['pynetdicom', 'clear', `${ROUTER}/commitment.test.ts`, 'and says so on the %s association; what it lost is sent again'],
    [
      'Orthanc',
      'clear',
      `${PRODUCT}/commitment.test.ts`,
      'is asked about what it was sent, commits itself, and what it lost is sent again',
    ],
  ]),
  ...of('User identity', 'SCP', [['pynetdicom', 'TLS', TLS, 'is asked for the user it names']]),
];

/** Tests with these programs that try no service with a peer. */
const NO_CELL: ReadonlySet<string> = new Set([
  // Memory of long answers, by DCMTK.
  `${ROUTER}/query-memory.test.ts`,
  // What goes wrong, on purpose.
  `${ROUTER}/doctor.test.ts`,
  // Two servers of this product with each other.
  `${PRODUCT}/gateway.test.ts`,
  // DICOMweb, figures, files to install.
  `${PRODUCT}/dicomweb.test.ts`,
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

/** One row a service and role, one column a peer and line. */
export function interoperation(): string {
  const columns = PEERS.flatMap((peer) => [false, true].map((tls) => ({ peer, tls })));
  const rows = new Map(PROOFS.map(({ service, role }) => [`${service} ${role}`, { service, role }]));
  return table(
    ['service', 'our role', ...columns.map(({ peer, tls }) => `${peer}${tls ? ', TLS' : ''}`)],
    [...rows.values()].map((row) => [
      row.service,
      row.role,
      ...columns.map((column) => {
        const tests = PROOFS.filter(
          (proof) =>
            proof.service === row.service && proof.role === row.role && proof.peer === column.peer && proof.tls === column.tls,
        );
        return tests.length === 0 ? 'not tested' : 'tested';
      }),
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
