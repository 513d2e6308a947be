import { NO_METER } from '@filmless/access';
import { writeFileMeta } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { CountedBuffers } from '../../test/counted-buffers.ts';
import { outgoingBytes } from '../../test/dialogue-double.ts';
import { SECONDARY_CAPTURE, testObject } from '../../test/objects.ts';
import type { AcceptedContext } from '../ul/association.ts';
import { type SendOutcome, type StoreUser, sendInstances } from './send-instances.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const JPEG_LS = '1.2.840.10008.1.2.4.80';

interface Stored {
  readonly transferSyntaxUid: string;
  readonly messageId?: number;
}

/** A peer that takes the syntaxes it is told and answers after a while, the later the sooner. */
function peer(syntaxes: readonly string[], window = 1, role: 'requestor' | 'acceptor' = 'requestor') {
  const contexts = new Map(
    syntaxes.map((transferSyntax, index): [number, AcceptedContext] => {
      const id = 2 * index + 1;
      return [id, { id, abstractSyntax: SECONDARY_CAPTURE, transferSyntax, roles: { scu: true, scp: false } }];
    }),
  );
  const stored: Stored[] = [];
  let open = 0;
  const most = { open: 0 };
  const identity = { callingAe: 'FILMLESS', calledAe: 'WS1', address: '10.0.0.2', secure: false, implementationClassUid: '1.2' };
  const user: StoreUser = {
    association: { contexts, peer: identity, role, window: { ours: window, theirs: 1 } },
    performOne: async (context, command, dataSet) => {
      open += 1;
      most.open = Math.max(most.open, open);
      await outgoingBytes(dataSet ?? new Uint8Array(0));
      const { MoveOriginatorMessageID: messageId } = command;
      stored.push({ transferSyntaxUid: context.transferSyntax, ...(messageId === undefined ? {} : { messageId }) });
      await new Promise((resolve) => setTimeout(resolve, 3 * Math.max(1, 4 - stored.length)));
      open -= 1;
      return { status: 0, command: { ...command, CommandDataSetType: 0x0101 } };
    },
  };
  return { user, stored, most };
}

/** An archive that keeps instances in one syntax and can make some others. */
function archive(stored: string, makes: readonly string[]) {
  const asked: string[] = [];
  const read = (request: Request): Promise<Response> => {
    const wanted = /transfer-syntax=([^;]+)/.exec(request.headers.get('accept') ?? '')?.[1] ?? '';
    asked.push(wanted);
    const given = wanted === '*' ? stored : wanted;
    if (given !== stored && !makes.includes(given)) {
      return Promise.resolve(new Response('no', { status: 406 }));
    }
    const object = testObject(1);
    const meta = { mediaStorageSopClassUid: SECONDARY_CAPTURE, mediaStorageSopInstanceUid: object.sopInstanceUid };
    const file = Buffer.concat([writeFileMeta({ ...meta, transferSyntaxUid: given }), object.bytes]);
    return Promise.resolve(new Response(file, { headers: { 'content-type': 'application/dicom' } }));
  };
  return { read, asked };
}

async function send(
  user: StoreUser,
  read: (request: Request) => Promise<Response>,
  numbers: readonly number[],
  known = EXPLICIT,
): Promise<readonly (SendOutcome & { readonly uid: string })[]> {
  const outcomes: (SendOutcome & { readonly uid: string })[] = [];
  const instances = numbers.map((number) => ({ ...testObject(number), transferSyntaxUid: known }));
  const options = { archive: read, buffers: new CountedBuffers(), meter: NO_METER };
  await sendInstances(user, options, instances, async ({ sopInstanceUid }, outcome) => {
    outcomes.push({ ...outcome, uid: sopInstanceUid.split('.').at(-1) ?? '' });
  });
  return outcomes;
}

describe('instances that are sent', () => {
  it('go out as they are stored where the peer takes that', async () => {
    const { user, stored } = peer([EXPLICIT, JPEG_LS]);
    const { read, asked } = archive(JPEG_LS, [EXPLICIT]);
    expect(await send(user, read, [1], JPEG_LS)).toEqual([{ kind: 'done', uid: '1' }]);
    expect([stored, asked]).toEqual([[{ transferSyntaxUid: JPEG_LS }], ['*']]);
  });

  it('are asked for in what the peer takes, and in the next where the archive cannot make that', async () => {
    const { user, stored } = peer([IMPLICIT, EXPLICIT]);
    const { read, asked } = archive(JPEG_LS, [IMPLICIT]);
    expect(await send(user, read, [1], JPEG_LS)).toEqual([{ kind: 'done', uid: '1' }]);
    expect([stored, asked]).toEqual([[{ transferSyntaxUid: IMPLICIT }], [EXPLICIT, IMPLICIT]]);
  });

  it('are set aside when the archive can make nothing the peer takes, and those behind them are sent', async () => {
    const { user, stored } = peer([EXPLICIT]);
    const none = archive(JPEG_LS, []);
    const outcomes = await send(user, none.read, [1, 2], JPEG_LS);
    expect(outcomes).toMatchObject([
      { kind: 'aside', problem: expect.stringContaining(EXPLICIT) },
      { kind: 'aside', uid: '2' },
    ]);
    expect(stored).toEqual([]);
    expect(await send(user, archive(EXPLICIT, []).read, [3])).toEqual([{ kind: 'done', uid: '3' }]);
  });

  it('are set aside when the peer takes no syntax of theirs, naming both', async () => {
    const { user } = peer([]);
    const [outcome] = await send(user, archive(EXPLICIT, []).read, [1]);
    expect(outcome).toMatchObject({ kind: 'aside', problem: expect.stringContaining(SECONDARY_CAPTURE) });
  });

  it('are chosen anew when they were replaced since by another in another syntax', async () => {
    const { user, stored } = peer([EXPLICIT, JPEG_LS]);
    expect(await send(user, archive(JPEG_LS, []).read, [1], EXPLICIT)).toEqual([{ kind: 'done', uid: '1' }]);
    expect(stored).toEqual([{ transferSyntaxUid: JPEG_LS }]);
  });

  it('are several under way where the peer agreed to that, and reported in their order', async () => {
    const { user, most } = peer([EXPLICIT], 3);
    const outcomes = await send(user, archive(EXPLICIT, []).read, [1, 2, 3, 4, 5]);
    expect(outcomes.map(({ uid }) => uid)).toEqual(['1', '2', '3', '4', '5']);
    expect(most.open).toBeGreaterThan(1);
  });

  it('go out in no context where only the peer may send', async () => {
    const { user } = peer([EXPLICIT], 1, 'acceptor');
    expect(await send(user, archive(EXPLICIT, []).read, [1])).toMatchObject([{ kind: 'aside' }]);
  });

  it('say who asked for them by C-MOVE', async () => {
    const { user, stored } = peer([EXPLICIT]);
    const moveOriginator = { aeTitle: 'WS01', messageId: 7 };
    const options = {
      archive: archive(EXPLICIT, []).read,
      buffers: new CountedBuffers(),
      meter: NO_METER,
      moveOriginator,
    };
    await sendInstances(user, options, [testObject(1)], async () => undefined);
    expect(stored).toEqual([{ transferSyntaxUid: EXPLICIT, messageId: 7 }]);
  });
});
