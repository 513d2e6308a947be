import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from '@filmless/access';
import { type ReceivedObject, readFileMeta, writeFileMeta } from '@filmless/dicom';
import { type Disk, NODE_DISK, type ReceptionLimits, Turns } from '@filmless/disk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AssociationDouble } from '../test/association-double.ts';
import { CountedReception } from '../test/counted-reception.ts';
import { SECONDARY_CAPTURE, testObject } from '../test/objects.ts';
import { decodeCommand, encodeCommand } from './dimse/command-set.ts';
import { type Answer, serveAssociation } from './dimse/provider.ts';
import { storeService } from './dimse/store.ts';
import { routerLimits } from './limits.ts';
import { type ReceivingOptions, receiveInstance } from './receiving.ts';
import type { AePermission, Deposit, DepositOutcome, RefusedInstance } from './router.ts';
import type { Fragment } from './ul/pdu/model.ts';

const CONTEXT = { id: 1, abstractSyntax: SECONDARY_CAPTURE, transferSyntax: '1.2.840.10008.1.2.1' };
const STORED = {
  status: 'stored',
  studyInstanceUid: '2.25.100',
  seriesInstanceUid: '2.25.100.1',
  sopInstanceUid: '2.25.100.1.1',
  sopClassUid: SECONDARY_CAPTURE,
  warnings: [],
} as const;

const OTHER_CLASS = testObject(1, { '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] } });

function missing(): never {
  throw new Error('nothing was deposited');
}

describe('receiving an instance', () => {
  let folder: string;
  let reception: CountedReception;
  let deposited: { readonly object: ReceivedObject; readonly verified: boolean; readonly facility: string }[];
  let queued: string[];
  let measured: Stage[];
  let refused: RefusedInstance[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-receiving-'));
    deposited = [];
    queued = [];
    measured = [];
    refused = [];
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  interface Setting {
    readonly outcome?: DepositOutcome | Error;
    readonly disk?: Partial<Disk>;
    readonly listed?: boolean;
    readonly may?: readonly AePermission[];
    readonly urgent?: boolean;
    readonly limits?: Partial<ReceptionLimits>;
  }

  const options = async (setting: Setting): Promise<ReceivingOptions> => {
    const { outcome = STORED, disk = {}, listed = true, may = ['store'], urgent = false } = setting;
    const deposit: Deposit = async (object, { verified, facility }) => {
      deposited.push({ object, verified, facility });
      if (outcome instanceof Error) {
        throw outcome;
      }
      return outcome;
    };
    // Everything into files unless told otherwise: what is left of them can be seen.
    const limits = { memoryInstanceBytes: 0, writeBatchBytes: 16, ...setting.limits };
    reception = await CountedReception.open(folder, limits, disk);
    return {
      reception,
      deposit,
      aes: { rights: () => ({ may, facility: 'main', settings: { urgent }, listed }) },
      inspections: new Turns(1),
      refused: (one) => refused.push(one),
      meter: { observe: (stage) => measured.push(stage) },
      arrivals: {
        arrived: ({ sopInstanceUid, transferSyntaxUid, bytes }, { callingAe }, { modality }, isNew) => {
          queued.push(`${sopInstanceUid} ${transferSyntaxUid} ${callingAe} ${modality} ${bytes} ${isNew ? 'new' : 'known'}`);
          return Promise.resolve();
        },
      },
    };
  };

  const storeRq = (number: number, bytes: Uint8Array, sopInstanceUid = `2.25.100.1.${number}`): readonly Fragment[] => {
    const command = encodeCommand({
      AffectedSOPClassUID: SECONDARY_CAPTURE,
      CommandField: 1,
      MessageID: number,
      CommandDataSetType: 1,
      AffectedSOPInstanceUID: sopInstanceUid,
    });
    const pieces = Array.from({ length: Math.ceil(bytes.byteLength / 20) }, (_, index) =>
      bytes.subarray(index * 20, index * 20 + 20),
    );
    return [
      { contextId: 1, command: true, last: true, bytes: command },
      ...pieces.map((piece, index) => ({ contextId: 1, command: false, last: index === pieces.length - 1, bytes: piece })),
    ];
  };

  const run = async (fragments: readonly Fragment[], setting: Setting = {}) => {
    const receiving = await options(setting);
    const association = new AssociationDouble([CONTEXT], fragments);
    const answers: Answer[] = [];
    const service = storeService(
      () => true,
      (request) => receiveInstance(receiving, request),
    );
    const ended = await serveAssociation(association, {
      services: [service],
      limits: routerLimits(),
      stop: new AbortController().signal,
      answered: (_, answer) => answers.push(answer),
      failed: () => undefined,
    }).catch(String);
    return { responses: association.written.map(({ bytes }) => decodeCommand(bytes)), answers, ended };
  };

  const object = testObject(1);

  it.each([
    ['memory', 1_000_000],
    ['a file', 0],
  ])('deposits a Part 10 object in %s that names its sender, queues deliveries, then answers success', async (_, most) => {
    const { responses } = await run(storeRq(1, object.bytes), { listed: false, limits: { memoryInstanceBytes: most } });
    expect(responses).toMatchObject([{ Status: 0, MessageIDBeingRespondedTo: 1 }]);
    const [{ object: kept, verified, facility } = missing()] = deposited;
    expect({ verified, facility }).toEqual({ verified: false, facility: 'main' });
    expect(await readdir(folder)).toHaveLength(most === 0 ? 1 : 0);
    const bytes = await reception.bytes(kept);
    expect(bytes.subarray(kept.dataSetOffset).equals(object.bytes)).toBe(true);
    expect(readFileMeta(bytes)).toMatchObject({
      dataSetOffset: kept.dataSetOffset,
      meta: {
        mediaStorageSopInstanceUid: '2.25.100.1.1',
        transferSyntaxUid: '1.2.840.10008.1.2.1',
        sourceAeTitle: 'CT01',
        receivingAeTitle: 'FILMLESS',
      },
    });
    expect(queued).toEqual(['2.25.100.1.1 1.2.840.10008.1.2.1 CT01 OT 468 new']);
    expect(measured).toEqual(['receive', 'answer']);
  });

  it('tells the peer of a fault of ours in plain words, and the log what it was', async () => {
    const { responses, answers } = await run(storeRq(1, object.bytes), { outcome: new Error('/var/lib/x.db: SQLITE_MISUSE') });
    expect(responses).toMatchObject([{ Status: 0x0110, ErrorComment: 'it failed here; the log of this archive says why' }]);
    expect(answers).toMatchObject([{ problem: '/var/lib/x.db: SQLITE_MISUSE' }]);
  });

  it('tells the receipt of its study of an instance that is not taken, whose it is and why', async () => {
    await run(storeRq(1, object.bytes), { outcome: { status: 'refused', reason: 'away', message: 'away' } });
    await run(storeRq(1, object.bytes), { outcome: { status: 'refused', reason: 'full', message: 'full' } });
    const told = {
      sopInstanceUid: '2.25.100.1.1',
      studyInstanceUid: '2.25.100',
      callingAe: 'CT01',
      address: expect.any(String),
      facility: 'main',
    };
    expect(refused).toEqual([
      { ...told, reason: 'away' },
      { ...told, reason: 'full' },
    ]);
  });

  it.each<[string, DepositOutcome | Error, number, readonly string[], readonly string[]]>([
    ['an identical one', { ...STORED, status: 'identical' }, 0x0000, ['queued'], []],
    ['a conflicting one, kept aside', { ...STORED, status: 'conflict' }, 0x0000, [], []],
    ['a broken one', { status: 'refused', reason: 'broken', message: 'no rows' }, 0xc000, [], ['broken']],
    ['one the store has no room for', { status: 'refused', reason: 'full', message: 'full' }, 0xa700, [], ['full']],
    ['one whose store is away', { status: 'refused', reason: 'away', message: 'away' }, 0xa700, [], ['away']],
    ['one that is not allowed', { status: 'refused', reason: 'forbidden', message: 'no' }, 0x0124, [], []],
    ['one the archive fails at', new Error('out of luck'), 0x0110, [], ['failed']],
  ])('answers %s with its status', async (_, outcome, status, deliveries, told) => {
    const { responses } = await run(storeRq(1, object.bytes), { outcome });
    expect(responses).toMatchObject([{ Status: status }]);
    expect(queued).toHaveLength(deliveries.length);
    expect(refused.map(({ reason }) => reason)).toEqual(told);
  });

  it.each<[string, Uint8Array, string | undefined, number]>([
    ['another instance than the command, and broken', testObject(1, { '0020000D': { vr: 'UI' } }).bytes, '1.2.3', 0xc000],
    ['nonsense', Buffer.alloc(300, 'no data set'), undefined, 0xc000],
    ['a data set that stops in its first elements', object.bytes.subarray(0, 45), undefined, 0xc000],
  ])('keeps nothing of %s', async (_, bytes, sopInstanceUid, status) => {
    const { responses } = await run([...storeRq(1, bytes, sopInstanceUid), ...storeRq(2, testObject(2).bytes)]);
    expect(responses.map(({ Status }) => Status)).toEqual([status, 0]);
    expect(responses[0]?.ErrorComment).not.toBe('');
    expect(deposited).toHaveLength(1);
    expect([...reception.held]).toEqual(deposited.map((one) => one.object));
  });

  it.each<[string, Uint8Array, string | undefined, { readonly sopClass: string; readonly comment: string }]>([
    ['instance', object.bytes, '1.2.3', { sopClass: SECONDARY_CAPTURE, comment: 'Instance' }],
    ['class', OTHER_CLASS.bytes, undefined, { sopClass: '1.2.840.10008.5.1.4.1.1.2', comment: 'Class' }],
  ])('keeps a data set of another %s than the command under its own, and warns', async (_, bytes, uid, { sopClass, comment }) => {
    const { responses } = await run(storeRq(1, bytes, uid));
    expect(responses).toMatchObject([
      {
        Status: 0xb007,
        ErrorComment: `kept under the SOP ${comment} UID of the data set, not the command`,
        AffectedSOPInstanceUID: uid ?? object.sopInstanceUid,
      },
    ]);
    const [{ object: other } = missing()] = deposited;
    const kept = await reception.bytes(other);
    expect(kept.subarray(other.dataSetOffset).equals(bytes)).toBe(true);
    expect(other).toMatchObject({ size: kept.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(readFileMeta(kept)).toMatchObject({
      dataSetOffset: other.dataSetOffset,
      meta: { mediaStorageSopClassUid: sopClass, mediaStorageSopInstanceUid: object.sopInstanceUid },
    });
    expect([...reception.held]).toEqual([other]);
    expect(queued).toHaveLength(1);
  });

  it('does not warn of a UID that only looks other at first sight', async () => {
    const { bytes } = testObject(1, { '00080018': { vr: 'UI', Value: [object.sopInstanceUid, '1.2.3'] } });
    const { responses } = await run(storeRq(1, bytes));
    expect(responses).toMatchObject([{ Status: 0 }]);
  });

  it('warns of another instance only when the archive has taken it', async () => {
    const outcome = { status: 'refused', reason: 'full', message: 'full' } as const;
    const { responses } = await run(storeRq(1, object.bytes, '1.2.3'), { outcome });
    expect(responses).toMatchObject([{ Status: 0xa700 }]);
  });

  it('leaves nothing of another instance that the disk does not take a second time', async () => {
    let created = 0;
    const disk: Partial<Disk> = {
      create: (path) => {
        created += 1;
        return created === 1 ? NODE_DISK.create(path) : Promise.reject(new Error('ENOSPC'));
      },
    };
    const { responses } = await run(storeRq(1, object.bytes, '1.2.3'), { disk });
    expect(responses).toMatchObject([{ Status: 0xa700 }]);
    expect(await readdir(folder)).toEqual([]);
    expect(reception.held.size).toBe(0);
    expect(deposited).toEqual([]);
  });

  it('takes emergencies while the disk has no room for others', async () => {
    const nearlyFull = { freeBytes: () => Promise.resolve(5000), sizeBytes: () => Promise.resolve(100_000) };
    const setting = { disk: nearlyFull, limits: { freeBytes: 10, freeCheckBytes: 10, bulkFreePercent: 8 } };
    expect((await run(storeRq(1, object.bytes), setting)).responses).toMatchObject([{ Status: 0xa700 }]);
    expect((await run(storeRq(1, object.bytes), { ...setting, urgent: true })).responses).toMatchObject([{ Status: 0 }]);
  });

  it('answers out of resources when the disk is full, reads on, and takes the next', async () => {
    let full = true;
    const disk: Partial<Disk> = {
      create: async (path) => {
        const file = await NODE_DISK.create(path);
        const failing = full;
        full = false;
        return {
          write: failing ? () => Promise.reject(new Error('ENOSPC')) : file.write.bind(file),
          sync: () => file.sync(),
          close: () => file.close(),
        };
      },
    };
    const { responses, ended } = await run([...storeRq(1, object.bytes), ...storeRq(2, testObject(2).bytes)], { disk });
    expect(responses.map(({ Status }) => Status)).toEqual([0xa700, 0]);
    expect(ended).toBeUndefined();
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('takes nothing from an entity whose right was withdrawn', async () => {
    const { responses } = await run(storeRq(1, object.bytes), { may: [] });
    expect(responses).toMatchObject([{ Status: 0x0124, ErrorComment: 'CT01 may not store here' }]);
    expect(deposited).toEqual([]);
  });

  it('begins nothing on a disk that is nearly full', async () => {
    const { responses } = await run(storeRq(1, object.bytes), { disk: { freeBytes: () => Promise.resolve(0) } });
    expect(responses).toMatchObject([{ Status: 0xa700, ErrorComment: 'the disk is full' }]);
    expect(deposited).toEqual([]);
    expect(refused).toMatchObject([{ studyInstanceUid: '2.25.100', sopInstanceUid: '2.25.100.1.1', reason: 'full' }]);
  });

  it('ends the association of one that is too long, and leaves nothing of it', async () => {
    const { ended, responses } = await run(storeRq(1, object.bytes), { limits: { instanceBytes: object.bytes.byteLength } });
    expect(ended).toContain('longer than');
    expect(responses).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    expect(deposited).toEqual([]);
  });

  it('stops an instance that would fill the disk while it is written, leaves nothing of it, and takes one that fits', async () => {
    const limits = { freeBytes: 1000, freeCheckBytes: 100 };
    const { byteLength } = object.bytes;
    const disk = { freeBytes: () => Promise.resolve(1000 + 2 * byteLength) };
    const long = Buffer.concat([object.bytes, Buffer.alloc(3 * byteLength)]);
    const { responses, ended } = await run(storeRq(1, long), { disk, limits });
    expect(responses).toMatchObject([{ Status: 0xa700, ErrorComment: 'the disk did not take the instance' }]);
    expect(ended).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    expect((await run(storeRq(2, testObject(2).bytes), { disk, limits })).responses).toMatchObject([{ Status: 0 }]);
  });

  it('leaves nothing of an instance whose sender goes away', async () => {
    const { ended } = await run(storeRq(1, object.bytes).slice(0, -1));
    expect(ended).toContain('release in the middle of a data set');
    expect(await readdir(folder)).toEqual([]);
    expect(deposited).toEqual([]);
  });

  it('writes a file whatever the calling title is', async () => {
    expect(() =>
      writeFileMeta({
        mediaStorageSopClassUid: '1',
        mediaStorageSopInstanceUid: '1',
        transferSyntaxUid: '1',
        sourceAeTitle: 'Ä',
      }),
    ).toThrow();
    const receiving = await options({});
    async function* pieces(): AsyncGenerator<Uint8Array, void> {
      yield object.bytes;
    }
    const answer = await receiveInstance(receiving, {
      peer: { callingAe: 'MÁY\\CT', calledAe: '', address: '::1', secure: false, implementationClassUid: '1' },
      sopClassUid: SECONDARY_CAPTURE,
      sopInstanceUid: object.sopInstanceUid,
      transferSyntaxUid: object.transferSyntaxUid,
      dataSet: Object.assign(pieces(), { endedAt: undefined, isRead: false }),
    });
    expect(answer).toEqual({ status: 'success' });
    const [{ object: kept } = missing()] = deposited;
    expect(readFileMeta(await reception.bytes(kept)).meta.sourceAeTitle).toBe('MYCT');
  });
});
