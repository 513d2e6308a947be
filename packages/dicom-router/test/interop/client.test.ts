// needs: dcmtk
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DataSet,
  EXPLICIT_VR_LITTLE_ENDIAN,
  firstText,
  personName,
  readDataSet,
  TAG,
  transferSyntax,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIND_SOP_CLASS, find } from '../../src/client/find.ts';
import { get, getProposal, move, RETRIEVE_SOP_CLASS, type RetrieveProgress } from '../../src/client/retrieve.ts';
import { sendFiles } from '../../src/destinations/send-files.ts';
import { openDialogue } from '../../src/dimse/open-dialogue.ts';
import { storeService } from '../../src/dimse/store.ts';
import { routerLimits } from '../../src/limits.ts';
import { SECONDARY_CAPTURE, testObject } from '../objects.ts';
import { freePort, type PeerServer, run, startPeer } from '../run-peer.ts';

const LIMITS = routerLimits();
const OWN = { host: '127.0.0.1', calledAe: 'QRSCP', callingAe: 'FILMLESS', limits: LIMITS };
const key = (value: string, vr: 'CS' | 'UI' | 'LO' = 'CS') => ({ vr, Value: [value] }) as const;
const contextsOf = (...sopClasses: readonly string[]) =>
  sopClasses.map((abstractSyntax, index) => ({
    id: 2 * index + 1,
    abstractSyntax,
    transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN],
  }));

const COUNT = 6;

/** DCMTK's server is there once it answers an echo. */
async function answering(port: number, title: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { code } = await run('/usr/bin/echoscu', ['-aec', title, '127.0.0.1', String(port)]);
    if (code === 0) {
      return;
    }
    if (tries > 100) {
      throw new Error(`${title} does not answer`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('as user of DCMTK', () => {
  let folder: string;
  let archive: PeerServer;
  let receiver: PeerServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-client-'));
    for (const name of ['db', 'received']) {
      await mkdir(join(folder, name));
    }
    receiver = await startPeer(
      '/usr/bin/storescp',
      (port) => ['-aet', 'TAKER', '-od', join(folder, 'received'), String(port)],
      (_, port) => answering(port, 'TAKER'),
    );
    const config = (port: number) => `
NetworkTCPPort = ${port}
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
taker = (TAKER, 127.0.0.1, ${receiver.port})
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
QRSCP ${join(folder, 'db')} RW (100, 1024mb) ANY
AETable END
`;
    const port = await freePort();
    await writeFile(join(folder, 'dcmqrscp.cfg'), config(port));
    archive = await startPeer(
      '/usr/bin/dcmqrscp',
      () => ['-c', join(folder, 'dcmqrscp.cfg'), String(port)],
      () => answering(port, 'QRSCP'),
    ).then((server) => ({ port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }));
    const files = async function* () {
      for (let number = 1; number <= COUNT; number += 1) {
        const { bytes, sopInstanceUid } = testObject(number, {
          '00080020': { vr: 'DA', Value: ['20260301'] },
          '00080030': { vr: 'TM', Value: ['080000'] },
          '00080050': { vr: 'SH', Value: ['A1'] },
          '00100020': { vr: 'LO', Value: ['P1'] },
          '00200010': { vr: 'SH', Value: ['S1'] },
          '00200011': { vr: 'IS', Value: [1] },
          '00200013': { vr: 'IS', Value: [number] },
        });
        const meta = { mediaStorageSopClassUid: SECONDARY_CAPTURE, mediaStorageSopInstanceUid: sopInstanceUid };
        yield Buffer.concat([writeFileMeta({ ...meta, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }), bytes]);
      }
    };
    expect(await sendFiles({ ...OWN, port }, files())).toEqual({ sent: COUNT, refused: [] });
  });

  afterAll(async () => {
    await archive[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const images: DataSet = {
    [TAG.QueryRetrieveLevel]: key('IMAGE'),
    [TAG.StudyInstanceUID]: key('2.25.100', 'UI'),
    [TAG.SeriesInstanceUID]: key('2.25.100.1', 'UI'),
    [TAG.SOPInstanceUID]: { vr: 'UI' },
  };

  it('finds, gives each match as it comes, and can leave early and go on', async () => {
    const { studyRoot } = FIND_SOP_CLASS;
    const dialogue = await openDialogue({ ...OWN, port: archive.port, contexts: contextsOf(studyRoot) });
    const first: string[] = [];
    for await (const match of find(dialogue, studyRoot, images)) {
      first.push(firstText(match, TAG.SOPInstanceUID) ?? '');
      if (first.length === 2) {
        break;
      }
    }
    expect(first).toHaveLength(2);
    const all = await Array.fromAsync(find(dialogue, studyRoot, images));
    expect(all.map((match) => firstText(match, TAG.SOPInstanceUID)).toSorted()).toEqual(
      Array.from({ length: COUNT }, (_, index) => `2.25.100.1.${index + 1}`),
    );
    await dialogue.release();
  });

  it('says what the peer answers to a question it does not understand', async () => {
    const { studyRoot } = FIND_SOP_CLASS;
    const dialogue = await openDialogue({ ...OWN, port: archive.port, contexts: contextsOf(studyRoot) });
    const asking = Array.fromAsync(find(dialogue, studyRoot, { [TAG.QueryRetrieveLevel]: key('NOTHING') }));
    await expect(asking).rejects.toMatchObject({ code: 'status' });
    dialogue.abort();
  });

  it('moves to another entity, told of the progress', async () => {
    const { studyRootMove } = RETRIEVE_SOP_CLASS;
    const dialogue = await openDialogue({ ...OWN, port: archive.port, contexts: contextsOf(studyRootMove) });
    const told: RetrieveProgress[] = [];
    const study = { [TAG.QueryRetrieveLevel]: key('STUDY'), [TAG.StudyInstanceUID]: key('2.25.100', 'UI') };
    const progress = (one: RetrieveProgress) => told.push(one);
    const result = await move(dialogue, studyRootMove, study, 'TAKER', { progress });
    expect(result).toMatchObject({ status: 0, completed: COUNT, failed: 0, failedSopInstanceUids: [] });
    expect(told.length).toBeGreaterThan(0);
    expect(await move(dialogue, studyRootMove, study, 'NOBODY')).toMatchObject({ status: 0xa801 });
    await dialogue.release();
  });

  it('gets on the same association, what comes being taken by its handler', async () => {
    const { studyRootGet } = RETRIEVE_SOP_CLASS;
    const syntaxes = [EXPLICIT_VR_LITTLE_ENDIAN];
    const proposal = getProposal(studyRootGet, [{ sopClassUid: SECONDARY_CAPTURE, transferSyntaxes: syntaxes }], syntaxes);
    const received = new Map<string, Buffer>();
    const taking = storeService(
      (sopClassUid) => sopClassUid === SECONDARY_CAPTURE,
      async ({ sopInstanceUid, dataSet }) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of dataSet) {
          pieces.push(new Uint8Array(piece));
        }
        received.set(sopInstanceUid, Buffer.concat(pieces));
        return { status: 'success' };
      },
    );
    const dialogue = await openDialogue({ ...OWN, port: archive.port, ...proposal }, [taking]);
    const study = { [TAG.QueryRetrieveLevel]: key('STUDY'), [TAG.StudyInstanceUID]: key('2.25.100', 'UI') };
    const result = await get(dialogue, studyRootGet, study);
    expect(result).toMatchObject({ status: 0, completed: COUNT, failed: 0 });
    expect([...received.keys()].toSorted()).toEqual(Array.from({ length: COUNT }, (_, index) => `2.25.100.1.${index + 1}`));
    const { dataSet } = readDataSet(received.get('2.25.100.1.3') ?? new Uint8Array(), {
      transferSyntax: transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN),
    });
    expect(firstText(dataSet, TAG.PatientID)).toBe('P1');
    await dialogue.release();
  });

  it('reads a worklist', async () => {
    const list = join(folder, 'worklist', 'RIS');
    await mkdir(list, { recursive: true });
    await writeFile(join(list, 'lockfile'), '');
    const item: DataSet = {
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080050': { vr: 'SH', Value: ['WL001'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An' }] },
      '00100020': { vr: 'LO', Value: ['W001'] },
      '0020000D': { vr: 'UI', Value: ['2.25.77'] },
      '00400100': {
        vr: 'SQ',
        Value: [
          {
            '00080060': { vr: 'CS', Value: ['CT'] },
            '00400001': { vr: 'AE', Value: ['CT01'] },
            '00400002': { vr: 'DA', Value: ['20260301'] },
            '00400003': { vr: 'TM', Value: ['080000'] },
          },
        ],
      },
      '00401001': { vr: 'SH', Value: ['RP1'] },
    };
    const meta = { mediaStorageSopClassUid: FIND_SOP_CLASS.worklist, mediaStorageSopInstanceUid: '2.25.78' };
    const file = [
      writeFileMeta({ ...meta, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN }),
      writeDataSet(item, { explicitVr: true }),
    ];
    await writeFile(join(list, 'one.wl'), Buffer.concat(file));
    await using ris = await startPeer(
      '/usr/bin/wlmscpfs',
      (port) => ['--single-process', '--disable-file-reject', '-dfp', join(folder, 'worklist'), String(port)],
      (_, port) => answering(port, 'RIS'),
    );
    const { worklist } = FIND_SOP_CLASS;
    const dialogue = await openDialogue({ ...OWN, calledAe: 'RIS', port: ris.port, contexts: contextsOf(worklist) });
    const asked: DataSet = {
      '00080050': { vr: 'SH' },
      '00100010': { vr: 'PN' },
      '00400100': { vr: 'SQ', Value: [{ '00080060': key('CT'), '00400001': { vr: 'AE', Value: ['CT01'] } }] },
    };
    const found = await Array.fromAsync(find(dialogue, worklist, asked));
    expect(found).toHaveLength(1);
    expect(personName(found[0] ?? {}, TAG.PatientName)?.Alphabetic).toBe('Nguyễn^Văn An');
    expect(await Array.fromAsync(find(dialogue, worklist, { ...asked, '00080050': { vr: 'SH', Value: ['NONE'] } }))).toEqual([]);
    await dialogue.release();
  });
});
