// needs: dcmtk, python, orthanc
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DataSet,
  EXPLICIT_VR_LITTLE_ENDIAN,
  firstText,
  personName,
  TAG,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIND_SOP_CLASS, find } from '../../src/client/find.ts';
import { get, getProposal, move, RETRIEVE_SOP_CLASS } from '../../src/client/retrieve.ts';
import type { Dialogue } from '../../src/dimse/dialogue.ts';
import { openDialogue } from '../../src/dimse/open-dialogue.ts';
import { storeService } from '../../src/dimse/store.ts';
import { routerLimits } from '../../src/limits.ts';
import type { TlsClient } from '../../src/ul/tls/tls-client.ts';
import { type Issued, TestAuthority } from '../certificates.ts';
import { SECONDARY_CAPTURE, testObject } from '../objects.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { freePort, listening, PEERS, type PeerServer, PYTHON, run, startPeer } from '../run-peer.ts';
import { type PeerTls, startOrthanc } from '../start-orthanc.ts';

/*
 * Our user of archives and worklists, and the echo of an administrator, against peers that provide them, in the clear and over TLS.
 */

const COUNT = 3;
const UIDS = Array.from({ length: COUNT }, (_, index) => `2.25.100.1.${index + 1}`);

const key = (value: string, vr: 'CS' | 'UI' = 'CS') => ({ vr, Value: [value] }) as const;
const STUDY: DataSet = { [TAG.QueryRetrieveLevel]: key('STUDY'), [TAG.StudyInstanceUID]: key('2.25.100', 'UI') };
const IMAGES: DataSet = {
  [TAG.QueryRetrieveLevel]: key('IMAGE'),
  [TAG.StudyInstanceUID]: key('2.25.100', 'UI'),
  [TAG.SeriesInstanceUID]: key('2.25.100.1', 'UI'),
  [TAG.SOPInstanceUID]: { vr: 'UI' },
};

/** A step of a day at station CT01. */
const SCHEDULED: DataSet = {
  [TAG.SpecificCharacterSet]: key('ISO_IR 192'),
  [TAG.AccessionNumber]: { vr: 'SH', Value: ['WL001'] },
  [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
  [TAG.PatientID]: { vr: 'LO', Value: ['W001'] },
  [TAG.ScheduledProcedureStepSequence]: {
    vr: 'SQ',
    Value: [{ [TAG.Modality]: key('CT'), [TAG.ScheduledStationAETitle]: { vr: 'AE', Value: ['CT01'] } }],
  },
};

let folder: string;
let files: readonly string[];
let authority: TestAuthority;
let ours: Issued;
let theirs: PeerTls;
let taker: OpenedRouter;

/** Writes a Part 10 file. */
async function writeObject(name: string, sopClassUid: string, sopInstanceUid: string, bytes: Uint8Array): Promise<string> {
  const meta = { mediaStorageSopClassUid: sopClassUid, mediaStorageSopInstanceUid: sopInstanceUid };
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([writeFileMeta({ ...meta, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }), bytes]));
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-archives-'));
  authority = await TestAuthority.make();
  ours = await authority.issue({ name: 'filmless' });
  const issued = await authority.issue({ rsaBits: 2048 });
  theirs = { ca: join(folder, 'ca.crt'), cert: join(folder, 'theirs.crt'), key: join(folder, 'theirs.key') };
  await Promise.all([
    writeFile(theirs.ca, authority.pem),
    writeFile(theirs.cert, issued.cert),
    writeFile(theirs.key, issued.key),
    mkdir(join(folder, 'worklist')),
  ]);
  files = await Promise.all(
    UIDS.map((uid, index) => writeObject(`${uid}.dcm`, SECONDARY_CAPTURE, uid, testObject(index + 1, HEADER).bytes)),
  );
  await writeObject('worklist/one.wl', FIND_SOP_CLASS.worklist, '2.25.78', writeDataSet(SCHEDULED, { explicitVr: true }));
  taker = await openRouter({
    tls: { material: { identity: ours, authorities: authority.pem }, listen: { port: 0, clients: 'required' } },
  });
});

afterAll(async () => {
  await taker[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const HEADER: DataSet = {
  [TAG.PatientID]: { vr: 'LO', Value: ['P1'] },
  [TAG.StudyDate]: { vr: 'DA', Value: ['20260301'] },
};

type Line = 'clear' | 'TLS';

function startPynetdicom(line: Line): Promise<PeerServer> {
  const port = line === 'TLS' ? taker.router.dicomTlsPort : taker.router.dicomPort;
  const job = {
    title: 'KEEPER',
    files,
    nodes: { FILMLESS: ['127.0.0.1', port] },
    worklist: [SCHEDULED],
    ...(line === 'TLS' ? theirs : {}),
  };
  return startPeer(
    PYTHON,
    () => [join(PEERS, 'archive.py')],
    async (child, free) => {
      child.stdin?.write(`${JSON.stringify({ ...job, port: free })}\n`);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
    },
  );
}

async function startFilledOrthanc(line: Line): Promise<PeerServer> {
  const place = join(folder, `orthanc-${line}`);
  await mkdir(place);
  const secure = line === 'TLS';
  const port = secure ? taker.router.dicomTlsPort : taker.router.dicomPort;
  const orthanc = await startOrthanc({
    folder: place,
    aeTitle: 'KEEPER',
    tls: secure ? theirs : undefined,
    nodes: { filmless: { AET: 'FILMLESS', Host: '127.0.0.1', Port: port, UseDicomTls: secure } },
    worklists: join(folder, 'worklist'),
  });
  for (const path of files) {
    const stored = await fetch(`${orthanc.url}/instances`, { method: 'POST', body: new Uint8Array(await readFile(path)) });
    expect(stored.status).toBe(200);
  }
  return orthanc;
}

describe.each<[string, Line, (line: Line) => Promise<PeerServer>]>([
  ['pynetdicom', 'clear', startPynetdicom],
  ['pynetdicom', 'TLS', startPynetdicom],
  ['Orthanc', 'clear', startFilledOrthanc],
  ['Orthanc', 'TLS', startFilledOrthanc],
])('as user of %s (%s)', (_, line, start) => {
  let peer: PeerServer;

  beforeAll(async () => {
    peer = await start(line);
  }, 60_000);

  afterAll(async () => {
    await peer[Symbol.asyncDispose]();
  });

  /** Opens an association for one SOP class and releases it afterwards. */
  async function onAssociation<T>(sopClassUid: string, use: (dialogue: Dialogue) => Promise<T>): Promise<T> {
    const dialogue = await openDialogue({
      ...called(),
      contexts: [{ id: 1, abstractSyntax: sopClassUid, transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN] }],
    });
    const result = await use(dialogue);
    await dialogue.release();
    return result;
  }

  function called() {
    const tls: TlsClient | undefined = line === 'TLS' ? { identity: ours, authorities: authority.pem } : undefined;
    return { host: '127.0.0.1', port: peer.port, calledAe: 'KEEPER', callingAe: 'FILMLESS', limits: routerLimits(), tls };
  }

  it('is answered an echo', async () => {
    expect(await echoed(peer.port, line === 'TLS')).toMatchObject({ ok: true });
  });

  it('finds each instance of a series', async () => {
    const { studyRoot } = FIND_SOP_CLASS;
    const found = await onAssociation(studyRoot, (dialogue) => Array.fromAsync(find(dialogue, studyRoot, IMAGES)));
    expect(found.map((match) => firstText(match, TAG.SOPInstanceUID)).toSorted()).toEqual(UIDS);
  });

  it('has a study moved to an entity that it knows, and is told when it knows none', async () => {
    const { studyRootMove } = RETRIEVE_SOP_CLASS;
    const before = taker.deposit.kept.length;
    const result = await onAssociation(studyRootMove, (dialogue) => move(dialogue, studyRootMove, STUDY, 'FILMLESS'));
    expect(result).toMatchObject({ status: 0, completed: COUNT, failed: 0 });
    const arrived = taker.deposit.kept.slice(before).map(({ sopInstanceUid }) => sopInstanceUid);
    expect(arrived.toSorted()).toEqual(UIDS);
    const unknown = await onAssociation(studyRootMove, (dialogue) => move(dialogue, studyRootMove, STUDY, 'NOBODY'));
    expect(unknown.status).toBeGreaterThanOrEqual(0xa700);
  });

  it('gets a study on the association it asks on', async () => {
    const { studyRootGet } = RETRIEVE_SOP_CLASS;
    const syntaxes = [EXPLICIT_VR_LITTLE_ENDIAN];
    const received: string[] = [];
    const taking = storeService(
      (sopClassUid) => sopClassUid === SECONDARY_CAPTURE,
      async ({ sopInstanceUid, dataSet }) => {
        await Array.fromAsync(dataSet);
        received.push(sopInstanceUid);
        return { status: 'success' };
      },
    );
    const proposal = getProposal(studyRootGet, [{ sopClassUid: SECONDARY_CAPTURE, transferSyntaxes: syntaxes }], syntaxes);
    const dialogue = await openDialogue({ ...called(), ...proposal }, [taking]);
    expect(await get(dialogue, studyRootGet, STUDY)).toMatchObject({ status: 0, completed: COUNT, failed: 0 });
    await dialogue.release();
    expect(received.toSorted()).toEqual(UIDS);
  });

  it('reads the worklist of a station', async () => {
    const { worklist } = FIND_SOP_CLASS;
    const ask = (station: string) => {
      const step = { [TAG.Modality]: key('CT'), [TAG.ScheduledStationAETitle]: { vr: 'AE' as const, Value: [station] } };
      const keys: DataSet = {
        [TAG.AccessionNumber]: { vr: 'SH' },
        [TAG.PatientName]: { vr: 'PN' },
        [TAG.ScheduledProcedureStepSequence]: { vr: 'SQ', Value: [step] },
      };
      return onAssociation(worklist, (dialogue) => Array.fromAsync(find(dialogue, worklist, keys)));
    };
    const [item = {}, ...others] = await ask('CT01');
    expect(others).toEqual([]);
    expect(firstText(item, TAG.AccessionNumber)).toBe('WL001');
    expect(personName(item, TAG.PatientName)?.Alphabetic).toBe('Nguyễn^Văn An');
    expect(await ask('CT02')).toEqual([]);
  });
});

/** What an administrator is told who tries the machine. */
async function echoed(port: number, tls: boolean): Promise<unknown> {
  await taker.api('PUT', '/api/aes/KEEPER', { host: '127.0.0.1', port, may: ['echo', 'store'], facility: 'main', tls });
  return (await taker.api('POST', '/api/aes/KEEPER/echo')).body;
}

describe('DCMTK', () => {
  it('answers our echo in the clear', async () => {
    await using peer = await startPeer(
      '/usr/bin/storescp',
      (port) => ['-aet', 'KEEPER', '-od', folder, String(port)],
      (_, port) => listening(port),
    );
    expect(await echoed(peer.port, false)).toMatchObject({ ok: true });
  });
});

describe('asked about what they were sent', () => {
  it.each<Line>(['clear', 'TLS'])(
    'pynetdicom and Orthanc commit themselves, and what they lost is sent again (%s)',
    async (line) => {
      const reportPort = await freePort();
      const secure = line === 'TLS';
      const shown = secure ? [theirs.ca, theirs.cert, theirs.key] : [];
      await using keeper = await startPeer(
        PYTHON,
        (port) => [join(PEERS, 'keeper.py'), String(port), String(reportPort), 'new', '1', ...shown],
        async (child) => {
          await new Promise((resolve) => child.stdout?.once('data', resolve));
        },
      );
      const place = join(folder, `committing-${line}`);
      await mkdir(place);
      await using orthanc = await startOrthanc({
        folder: place,
        aeTitle: 'ORTHANC',
        tls: secure ? theirs : undefined,
        nodes: { filmless: { AET: 'FILMLESS', Host: '127.0.0.1', Port: reportPort, UseDicomTls: secure } },
      });
      const destination = { kind: 'dicom' as const, host: '127.0.0.1', enabled: true, commitment: true, tls: secure };
      const everything = { when: { callingAes: [], modalities: [] } };
      const material = { identity: ours, authorities: authority.pem };
      await using opened = await openRouter({
        ...(secure ? { tls: { material, listen: { port: reportPort, clients: 'required' } } } : { port: reportPort }),
        destinations: [
          { ...destination, id: 'keeper', aeTitle: 'KEEPER', port: keeper.port, ...everything },
          { ...destination, id: 'orthanc', aeTitle: 'ORTHANC', port: orthanc.port, ...everything },
        ],
        archiveFetch: (request) => opened.deposit.fetch(request),
        limits: { deliveryDelayMs: 100, commitmentQuietMs: 1000, commitmentStayMs: 3000 },
      });
      const args = ['-aet', 'CT01', '-aec', 'FILMLESS', '127.0.0.1', String(opened.router.dicomPort), ...files];
      expect((await run('/usr/bin/storescu', args)).code).toBe(0);
      const held = async () => (await (await fetch(`${orthanc.url}/instances`)).json()) as readonly string[];
      await expect.poll(async () => (await held()).length, { timeout: 20_000, interval: 30 }).toBe(COUNT);
      // One is lost before it is asked about.
      await fetch(`${orthanc.url}/instances/${(await held())[0]}`, { method: 'DELETE' });
      const confirmed = files.map(() => ({ state: 'done', commitment: 'confirmed' }));
      for (const id of ['keeper', 'orthanc']) {
        await expect
          .poll(() => opened.api('GET', `/api/queues/${id}`), { timeout: 30_000, interval: 200 })
          .toMatchObject({ body: { deliveries: confirmed } });
        const { body } = await opened.api('GET', `/api/commitment-requests?destination=${id}`);
        const { requests } = body as { readonly requests: readonly { readonly refused: number }[] };
        expect(requests.reduce((sum, { refused }) => sum + refused, 0)).toBe(1);
      }
      expect(await held()).toHaveLength(COUNT);
    },
  );
});
