import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWhole } from '../../src/dimse/message.ts';
import { type StoreRequest, storeService } from '../../src/dimse/store.ts';
import { SECONDARY_CAPTURE, testObject } from '../objects.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { counts, failedUids, QueryUser, STUDY_ROOT } from '../query-user.ts';
import { freePort } from '../run-peer.ts';
import { SearchedArchive } from '../searched-archive.ts';

const OBJECTS = [1, 2, 3, 4, 5].map((number) => testObject(number));
const STUDY: DataSet = { [TAG.StudyInstanceUID]: { vr: 'UI', Value: ['2.25.100'] } };
const [FIRST, , THIRD] = OBJECTS.map(({ sopInstanceUid }) => sopInstanceUid);

let archive: SearchedArchive;
let opened: OpenedRouter;

async function open(destinationPort: number): Promise<void> {
  archive = new SearchedArchive();
  archive.objects = OBJECTS;
  opened = await openRouter({
    archiveFetch: archive.fetch,
    aes: [
      { title: 'WS01', may: ['query', 'retrieve'], facility: 'main', host: '127.0.0.1', port: destinationPort },
      { title: 'NORTH', may: [], facility: 'north', host: '127.0.0.1', port: destinationPort },
      { title: 'NOWHERE', may: [], facility: 'main', host: '127.0.0.1', port: await freePort() },
      { title: 'MUTE', may: [], facility: 'main' },
    ],
  });
}

const retrieved = () => opened.access.events.filter(({ action }) => action === 'study.retrieve');

describe('C-MOVE', () => {
  let destination: OpenedRouter;
  let user: QueryUser;

  beforeEach(async () => {
    destination = await openRouter({ aeTitle: 'WS01' });
    await open(destination.router.dicomPort);
    user = await QueryUser.open(opened.router.dicomPort, [STUDY_ROOT.move]);
  });

  afterEach(async () => {
    await user[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
    await destination[Symbol.asyncDispose]();
  });

  const move = (title: string, keys: DataSet = STUDY, level = 'STUDY') =>
    user.all('move', level, keys, { MoveDestination: title });

  it('sends what it names to the destination, counting down', async () => {
    const responses = await move('WS01');
    const pending = responses.slice(0, -1);
    expect(responses.map(({ status }) => status)).toEqual([...pending.map(() => 'FF00'), '0000']);
    // One for each at most: those that come soon after another are left out.
    const counted = pending.map(counts);
    expect(counted[0]).toEqual([4, 1, 0, 0]);
    expect(counted.at(-1)).toEqual([0, 5, 0, 0]);
    const remaining = counted.map(([left]) => left ?? -1);
    expect(remaining).toEqual([...new Set(remaining)].sort((a, b) => b - a));
    expect(responses.map(counts).at(-1)).toEqual([undefined, 5, 0, 0]);
    expect(destination.deposit.kept.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(
      OBJECTS.map((object) => object.sopInstanceUid),
    );
    expect(destination.deposit.kept[0]?.source.callingAe).toBe('FILMLESS');
    await expect
      .poll(retrieved)
      .toMatchObject([
        { outcome: 'success', studyInstanceUid: '2.25.100', detail: 'C-MOVE to WS01: 5 instances sent', subject: { id: 'WS01' } },
      ]);
  });

  it('is nothing when nothing matches', async () => {
    archive.objects = [];
    expect(await move('WS01')).toMatchObject([{ status: '0000', command: { NumberOfCompletedSuboperations: 0 } }]);
    expect(destination.router.associations).toBe(0);
  });

  it('goes on when one instance fails, and names it at the end', async () => {
    archive.lost.add(THIRD ?? '');
    const responses = await move('WS01');
    const last = responses.at(-1);
    expect(last).toMatchObject({ status: 'B000', comment: '1 of 5 instances failed' });
    expect(last === undefined ? undefined : counts(last)).toEqual([undefined, 4, 1, 0]);
    expect(failedUids(last)).toEqual([THIRD]);
    expect(destination.deposit.kept).toHaveLength(4);
  });

  it('calls again where the destination hung up before it was asked for an association', async () => {
    const { dicomPort } = destination.router;
    let calls = 0;
    await using server = createServer((socket) => {
      calls += 1;
      socket.on('error', () => undefined);
      if (calls === 1) {
        socket.resume().end();
        return;
      }
      const onward = connect({ host: '127.0.0.1', port: dicomPort });
      onward.on('error', () => undefined);
      socket.pipe(onward).pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await opened.api('PUT', '/api/aes/WS01', { may: ['retrieve'], facility: 'main', host: '127.0.0.1', port });
    const last = (await move('WS01')).at(-1);
    expect(last).toMatchObject({ status: '0000', command: { NumberOfCompletedSuboperations: 5 } });
    expect(calls).toBe(2);
  });

  it('calls nobody of another facility before it is known that all may go there', async () => {
    let calls = 0;
    await using server = createServer((socket) => {
      calls += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await opened.api('PUT', '/api/aes/NORTH', { may: [], facility: 'north', host: '127.0.0.1', port });
    expect(await move('NORTH')).toMatchObject([{ status: 'A801' }]);
    expect(calls).toBe(0);
  });

  it('fails when nothing could be sent', async () => {
    const last = (await move('NOWHERE')).at(-1);
    expect(last?.status).toBe('A702');
    expect(failedUids(last)).toEqual(OBJECTS.map(({ sopInstanceUid }) => sopInstanceUid));
    await expect.poll(retrieved).toMatchObject([{ outcome: 'failed', detail: 'C-MOVE to NOWHERE: 0 instances sent, 5 failed' }]);
  });

  it.each([
    ['that nobody listed', 'STRANGER'],
    ['without an address', 'MUTE'],
    ['of another facility', 'NORTH'],
  ])('to a destination %s is refused with A801H, and audited', async (_, title) => {
    expect(await move(title)).toMatchObject([{ status: 'A801', comment: `"${title}" is no destination here for these images` }]);
    await expect.poll(retrieved).toMatchObject([{ outcome: 'refused' }]);
  });

  it('goes to another facility when all of it is shared with that', async () => {
    archive.facilities = ['main', 'north'];
    await using north = await openRouter({ aeTitle: 'NORTH' });
    await opened.api('PUT', '/api/aes/NORTH', { may: [], facility: 'north', host: '127.0.0.1', port: north.router.dicomPort });
    expect((await move('NORTH')).at(-1)?.status).toBe('0000');
    expect(north.deposit.kept).toHaveLength(5);
    // Read as who asked for it.
    expect(archive.asked.at(-1)?.caller?.aeTitle).toBe('WS01');
  });

  it('of single instances asks for them alone', async () => {
    const keys: DataSet = {
      ...STUDY,
      [TAG.SeriesInstanceUID]: { vr: 'UI', Value: ['2.25.100.1'] },
      [TAG.SOPInstanceUID]: { vr: 'UI', Value: [FIRST ?? '', THIRD ?? ''] },
    };
    expect((await move('WS01', keys, 'IMAGE')).at(-1)?.status).toBe('0000');
    expect(destination.deposit.kept.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([FIRST, THIRD]);
  });

  it('without the unique keys is refused with A900H', async () => {
    expect(await move('WS01', {}, 'STUDY')).toMatchObject([
      { status: 'A900', comment: 'Study Instance UID (0020,000D) is missing' },
    ]);
    expect(await move('WS01', STUDY, 'SERIES')).toMatchObject([{ status: 'A900' }]);
  });

  it('asks the archive again as it goes where there are too many to hold', async () => {
    const { dicomPort } = destination.router;
    await using small = await openRouter({
      archiveFetch: archive.fetch,
      limits: { heldInstances: 3 },
      aes: [{ title: 'WS01', may: ['retrieve'], facility: 'main', host: '127.0.0.1', port: dicomPort }],
    });
    await using other = await QueryUser.open(small.router.dicomPort, [STUDY_ROOT.move]);
    const responses = await other.all('move', 'STUDY', STUDY, { MoveDestination: 'WS01' });
    expect(responses.at(-1)).toMatchObject({ status: '0000', command: { NumberOfCompletedSuboperations: 5 } });
    expect(archive.asked.filter(({ path }) => path.endsWith('/instances'))).toHaveLength(6);
  });

  it('that is cancelled says what is left', async () => {
    archive.objects = Array.from({ length: 500 }, (_, index) => testObject(index));
    archive.pageSize = 100;
    let last: Awaited<ReturnType<typeof move>>[number] | undefined;
    for await (const response of user.ask('move', 'STUDY', STUDY, { MoveDestination: 'WS01' })) {
      last = response;
      break;
    }
    expect(last?.status).toBe('FF00');
    await expect.poll(retrieved).toHaveLength(1);
    expect(destination.deposit.kept.length).toBeLessThan(500);
    // The association is there for the next.
    archive.objects = OBJECTS;
    expect((await move('WS01')).at(-1)?.status).toBe('0000');
  });
});

describe('C-GET', () => {
  beforeEach(() => open(1));

  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
  });

  const asProvider = [{ sopClassUid: SECONDARY_CAPTURE, scu: false, scp: true }];

  async function getter(
    received: string[],
    options: Parameters<typeof QueryUser.open>[2] = {},
    status: 'success' | 'outOfResources' = 'success',
  ) {
    const take = async ({ sopInstanceUid, transferSyntaxUid, dataSet }: StoreRequest) => {
      await readWhole(dataSet, 1_000_000);
      received.push(`${sopInstanceUid} ${transferSyntaxUid}`);
      return { status: sopInstanceUid === THIRD ? status : 'success' } as const;
    };
    const taking = storeService(() => true, take);
    return await QueryUser.open(opened.router.dicomPort, [STUDY_ROOT.get, SECONDARY_CAPTURE], { roles: asProvider, ...options }, [
      taking,
    ]);
  }

  it('sends the instances on the same association, counting down', async () => {
    const received: string[] = [];
    await using user = await getter(received);
    const responses = await user.all('get', 'STUDY', STUDY);
    expect(responses.map(({ status }) => status)).toEqual([...Array(5).fill('FF00'), '0000']);
    expect(responses.at(-2)).toMatchObject({ command: { NumberOfRemainingSuboperations: 0, NumberOfCompletedSuboperations: 5 } });
    expect(received).toEqual(OBJECTS.map(({ sopInstanceUid }) => `${sopInstanceUid} ${EXPLICIT_VR_LITTLE_ENDIAN}`));
  });

  it('goes on when the peer does not take one', async () => {
    await using user = await getter([], {}, 'outOfResources');
    const last = (await user.all('get', 'STUDY', STUDY)).at(-1);
    expect(last?.status).toBe('B000');
    expect(failedUids(last)).toEqual([THIRD]);
  });

  it('sends nothing in a context where the peer is no provider', async () => {
    const received: string[] = [];
    await using user = await getter(received, { roles: [] });
    expect((await user.all('get', 'STUDY', STUDY)).at(-1)?.status).toBe('A702');
    expect(received).toEqual([]);
  });

  it('asks the archive for a transfer syntax that the peer takes', async () => {
    const received: string[] = [];
    await using user = await getter(received, {
      contexts: [
        { id: 1, abstractSyntax: STUDY_ROOT.get, transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN] },
        { id: 3, abstractSyntax: SECONDARY_CAPTURE, transferSyntaxes: [IMPLICIT_VR_LITTLE_ENDIAN] },
      ],
    });
    expect((await user.all('get', 'STUDY', STUDY)).at(-1)?.status).toBe('0000');
    expect(received).toEqual(OBJECTS.map(({ sopInstanceUid }) => `${sopInstanceUid} ${IMPLICIT_VR_LITTLE_ENDIAN}`));
    expect(archive.asked.at(-1)?.accept).toContain(`transfer-syntax=${IMPLICIT_VR_LITTLE_ENDIAN}`);
  });

  it('that is cancelled ends, and the association goes on', async () => {
    archive.objects = Array.from({ length: 500 }, (_, index) => testObject(index));
    archive.pageSize = 100;
    const received: string[] = [];
    await using user = await getter(received);
    for await (const { command } of user.ask('get', 'STUDY', STUDY)) {
      if (command.NumberOfCompletedSuboperations === 10) {
        break;
      }
    }
    expect(received.length).toBeLessThan(100);
    archive.objects = OBJECTS;
    expect((await user.all('get', 'STUDY', STUDY)).at(-1)?.status).toBe('0000');
  });

  it('needs the right to retrieve', async () => {
    await opened.api('PUT', '/api/aes/WS01', { may: ['query'], facility: 'main' });
    await using user = await getter([]);
    expect(user.dialogue.association.contexts.size).toBe(0);
  });
});
