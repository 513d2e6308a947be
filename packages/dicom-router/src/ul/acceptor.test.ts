import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { associateRq, CT_STORAGE, Parrot, pData, VERIFICATION } from '../../test/parrot.ts';
import { encodeCommand } from '../dimse/command-set.ts';
import { readMessage } from '../dimse/message.ts';
import { serveAssociation } from '../dimse/provider.ts';
import { RouterError } from '../errors.ts';
import { type RouterLimits, routerLimits } from '../limits.ts';
import { type Acceptor, type AcceptorOptions, listen, type Refused } from './acceptor.ts';
import type { Association } from './association.ts';
import type { AcceptorPolicy } from './negotiation.ts';
import { encodePdu } from './pdu/encode.ts';
import type { AssociateRq } from './pdu/model.ts';

const policy: AcceptorPolicy = {
  reject: ({ calledAe }) =>
    calledAe === 'FILMLESS' ? undefined : { reason: 'called AE title not recognized', detail: `not ${calledAe}` },
  choose: (context) =>
    context.abstractSyntax === '1.2.840.10008.1.1'
      ? { result: 0, transferSyntax: context.transferSyntaxes[0] ?? '' }
      : { result: 3, transferSyntax: context.transferSyntaxes[0] ?? '' },
  identity: () => Promise.resolve({}),
  roles: () => undefined,
  extended: () => undefined,
};

describe('the acceptor', () => {
  let acceptor: Acceptor;
  let refused: Refused[];
  let ended: string[];
  let received: Buffer[];
  let open: Parrot[];

  /** Reads an association to its end and notes how it ended. */
  const serve = async (association: Association) => {
    try {
      for (;;) {
        const fragment = await association.read(60_000);
        if (fragment === undefined) {
          await association.release();
          ended.push('released');
          return;
        }
        received.push(Buffer.from(fragment.bytes));
      }
    } catch (error) {
      ended.push(error instanceof RouterError ? `${error.code}: ${error.message}` : String(error));
    }
  };

  const start = async (limits: Partial<RouterLimits> = {}, served: AcceptorOptions['serve'] = serve) => {
    acceptor = await listen({
      host: '127.0.0.1',
      port: 0,
      limits: routerLimits({ artimMs: 200, closeMs: 500, ...limits }),
      policy,
      serve: served,
      refused: (one) => refused.push(one),
      failed: (error) => ended.push(`failed: ${String(error)}`),
    });
  };
  const parrot = async (from?: string) => {
    const one = await Parrot.connect(acceptor.port, from);
    open.push(one);
    return one;
  };
  const gone = async () => {
    await expect.poll(() => acceptor.size).toBe(0);
  };

  beforeEach(async () => {
    refused = [];
    ended = [];
    received = [];
    open = [];
    await start();
  });

  afterEach(async () => {
    for (const one of open) {
      one.hangUp();
    }
    await acceptor[Symbol.asyncDispose]();
  });

  it('has no data set whole that it aborted while the last piece was being taken', async () => {
    await acceptor[Symbol.asyncDispose]();
    await start({}, async (association) => {
      const command = encodeCommand({ CommandField: 1, CommandDataSetType: 1 });
      open[0]?.say(pData(1, true, true, command), pData(1, false, true, Buffer.alloc(10)));
      const first = await association.read(60_000);
      const message = first === undefined ? undefined : await readMessage(association, routerLimits(), first);
      received.push(Buffer.from((await message?.dataSet?.next())?.value ?? []));
      association.abort();
      ended.push(String(await message?.dataSet?.next().catch(String)));
    });
    await (await parrot()).associate();
    await gone();
    expect([received[0]?.byteLength, ended]).toEqual([10, [expect.stringContaining('ended here')]]);
  });

  it('accepts what it supports and refuses the rest, context by context', async () => {
    const peer = await parrot();
    const { pdu } = await peer.associate();
    expect(pdu).toMatchObject({
      type: 'associate-ac',
      contexts: [
        { id: 1, result: 0 },
        { id: 3, result: 3 },
      ],
      user: { maxLength: 1_048_576, implementationVersionName: 'FILMLESS_01' },
    });
    peer.say({ type: 'release-rq' });
    expect((await peer.hear()).name).toBe('A-RELEASE-RP');
    peer.hangUp();
    await gone();
    expect(ended).toEqual(['released']);
  });

  it.each<[string, Partial<AssociateRq>, object]>([
    ['a wrong called title', { calledAe: 'OTHER' }, { result: 1, source: 1, reason: 7 }],
    ['another application context', { applicationContext: '1.2.3' }, { result: 1, source: 1, reason: 2 }],
    ['a protocol version it does not speak', { protocolVersion: 2 }, { result: 1, source: 2, reason: 2 }],
    ['two contexts under one id', { contexts: [VERIFICATION, { ...CT_STORAGE, id: 1 }] }, { result: 1, source: 1, reason: 1 }],
    ['a request without contexts', { contexts: [] }, { result: 1, source: 1, reason: 1 }],
    [
      'a maximum length no fragment fits in',
      { user: { ...associateRq().user, maxLength: 7 } },
      { result: 1, source: 2, reason: 1 },
    ],
  ])("rejects %s with the standard's reason, and closes when the peer does not", async (_, changes, rejection) => {
    const peer = await parrot();
    const { pdu } = await peer.associate(changes);
    expect(pdu).toEqual({ type: 'associate-rj', ...rejection });
    expect((await peer.hear()).name).toBe('closed');
    expect(refused).toHaveLength(1);
  });

  it.each([
    ['garbage', Buffer.from('GET / HTTP/1.1\r\nHost: hospital\r\n\r\n'), 'PDU type 47H is not defined by PS3.8'],
    ['data before an association', pData(1, true, true, Buffer.alloc(4)), 'the peer sent P-DATA-TF in Sta2'],
    ['a giant association request', Buffer.from('01007fffffff', 'hex'), 'A-ASSOCIATE-RQ: PDU length: 2147483647'],
    [
      'an association request cut into nonsense',
      Buffer.concat([Buffer.from('010000000050', 'hex'), Buffer.alloc(80, 255)]),
      'item',
    ],
  ])('aborts a peer that begins with %s', async (_, bytes, detail) => {
    const peer = await parrot();
    peer.say(bytes);
    expect((await peer.hear()).name).toBe('A-ABORT');
    expect((await peer.hear()).name).toBe('closed');
    await gone();
    expect(refused[0]?.detail).toContain(detail);
  });

  it.each([
    ['an unknown presentation context', pData(99, true, true, Buffer.alloc(4)), 'presentation context 99 was not accepted'],
    ['a refused presentation context', pData(3, true, true, Buffer.alloc(4)), 'presentation context 3 was not accepted'],
    ['a PDV longer than its PDU', Buffer.from('04000000000a000000ff0103', 'hex'), 'PDV item length: 255'],
    ['an undefined PDU type', Buffer.from('7f0000000004', 'hex'), 'PDU type 7FH'],
    ['a second association request', undefined, 'the peer sent associate-rq in Sta6'],
    ['a release response nobody asked for', Buffer.from('06000000000400000000', 'hex'), 'the peer sent release-rp in Sta6'],
  ])('aborts an association in which %s comes', async (_, bytes, problem) => {
    const peer = await parrot();
    await peer.associate();
    peer.say(bytes ?? associateRq());
    expect((await peer.hear()).name).toBe('A-ABORT');
    peer.hangUp();
    await gone();
    expect(ended[0]).toContain(problem);
  });

  it('closes on a peer that connects and says nothing (ARTIM)', async () => {
    const peer = await parrot();
    expect((await peer.hear()).name).toBe('closed');
    await gone();
    expect(refused[0]?.detail).toBe('nothing came within 0.2 s (ARTIM)');
  });

  it('closes on a peer that trickles its request', async () => {
    const peer = await parrot();
    peer.say(Buffer.from('01', 'hex'));
    expect((await peer.hear()).name).toBe('closed');
    await gone();
  });

  it('knows an abort from a broken line', async () => {
    const one = await parrot();
    await one.associate();
    one.say({ type: 'abort', source: 0, reason: 0 });
    await gone();
    const other = await parrot();
    await other.associate();
    other.hangUp();
    await gone();
    expect(ended[0]).toBe('aborted: the peer aborted (by its user)');
    expect(ended[1]).toContain('closed: ');
  });

  it('hands on a P-DATA-TF longer than was announced, in pieces', async () => {
    const peer = await parrot();
    await peer.associate();
    const bytes = Buffer.alloc(3_000_000, 'x');
    peer.say(pData(1, false, true, bytes), { type: 'release-rq' });
    expect((await peer.hear()).name).toBe('A-RELEASE-RP');
    expect(Buffer.concat(received).equals(bytes)).toBe(true);
    expect(Math.max(...received.map((piece) => piece.byteLength))).toBeLessThanOrEqual(262_144);
  });

  it('tells callers over the limit to come back, and takes them when there is room', async () => {
    await acceptor[Symbol.asyncDispose]();
    await start({ associations: 1 });
    const first = await parrot();
    expect((await first.associate()).name).toBe('A-ASSOCIATE-AC');
    const second = await parrot();
    expect((await second.associate()).pdu).toEqual({ type: 'associate-rj', result: 2, source: 3, reason: 2 });
    first.say({ type: 'release-rq' });
    await first.hear();
    first.hangUp();
    second.hangUp();
    await gone();
    expect((await (await parrot()).associate()).name).toBe('A-ASSOCIATE-AC');
  });

  it('tells an address that connects too often to come back', async () => {
    await acceptor[Symbol.asyncDispose]();
    await start({ connectionsPerSecond: 0.1 });
    expect((await (await parrot()).associate()).name).toBe('A-ASSOCIATE-AC');
    expect((await (await parrot()).associate()).pdu).toEqual({ type: 'associate-rj', result: 2, source: 3, reason: 1 });
  });

  it('does not let silent connections of one address keep the others out', async () => {
    await acceptor[Symbol.asyncDispose]();
    await start({ artimMs: 30_000 });
    for (let count = 0; count < 205; count += 1) {
      await parrot('127.0.0.2');
    }
    expect((await (await parrot()).associate()).name).toBe('A-ASSOCIATE-AC');
    expect(acceptor.size).toBe(81);
    expect(acceptor.associations).toBe(1);
    expect(refused.filter(({ address }) => address === '127.0.0.2')).toMatchObject([
      { detail: '80 connections from 127.0.0.2 are open, the limit for one address: further ones are closed' },
    ]);
  });

  it('makes room for an address that has few, when others together have taken all: their newest silent one goes', async () => {
    await acceptor[Symbol.asyncDispose]();
    await start({ artimMs: 30_000, associations: 4, associationsPerAddress: 2, reservedAssociations: 1 });
    const worker = await parrot('127.0.0.2');
    await worker.associate();
    const greedy: Parrot[] = [];
    for (const from of ['127.0.0.2', '127.0.0.2', '127.0.0.2', '127.0.0.3', '127.0.0.3', '127.0.0.3', '127.0.0.4']) {
      greedy.push(await parrot(from));
    }
    await expect.poll(() => acceptor.size).toBe(8);
    expect((await (await parrot()).associate()).name).toBe('A-ASSOCIATE-AC');
    expect((await greedy[2]?.hear())?.name).toBe('closed');
    worker.say({ type: 'release-rq' });
    expect((await worker.hear()).name).toBe('A-RELEASE-RP');
    await expect.poll(() => acceptor.size).toBe(8);
    expect(refused).toMatchObject([{ address: '127.0.0.2', detail: expect.stringContaining('closed to make room') }]);
  });

  it('makes room for an address without a connection, when each of many others has one silent: the oldest silent one goes', async () => {
    await acceptor[Symbol.asyncDispose]();
    await start({ artimMs: 30_000, associations: 2 });
    const worker = await parrot('127.0.0.2');
    await worker.associate();
    const silent = [await parrot('127.0.0.3'), await parrot('127.0.0.4'), await parrot('127.0.0.5')];
    await expect.poll(() => acceptor.size).toBe(4);
    expect((await (await parrot()).associate()).name).toBe('A-ASSOCIATE-AC');
    expect((await silent[0]?.hear())?.name).toBe('closed');
    worker.say({ type: 'release-rq' });
    expect((await worker.hear()).name).toBe('A-RELEASE-RP');
    expect(refused).toMatchObject([{ address: '127.0.0.3', detail: expect.stringContaining('had asked for nothing') }]);
  });

  it('keeps the last associations for addresses that have few', async () => {
    await acceptor[Symbol.asyncDispose]();
    await start({ associations: 5, associationsPerAddress: 4, reservedAssociations: 2 });
    const names: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      names.push((await (await parrot('127.0.0.2')).associate()).name);
    }
    expect(names).toEqual(['A-ASSOCIATE-AC', 'A-ASSOCIATE-AC', 'A-ASSOCIATE-AC', 'A-ASSOCIATE-RJ']);
    expect((await (await parrot()).associate()).name).toBe('A-ASSOCIATE-AC');
  });

  it('stops although peers stay connected', async () => {
    const peer = await parrot();
    await peer.associate({ contexts: [VERIFICATION, CT_STORAGE] });
    const began = performance.now();
    await acceptor[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(2000);
    expect((await peer.hear()).name).toBe('A-ABORT');
  });

  it.each<[string, (peer: Parrot) => Promise<void>]>([
    ['asked for nothing yet', () => Promise.resolve()],
    [
      'was refused',
      async (peer) => {
        expect((await peer.associate({ calledAe: 'OTHER' })).name).toBe('A-ASSOCIATE-RJ');
      },
    ],
    [
      'was aborted',
      async (peer) => {
        await peer.associate();
        peer.say(Buffer.from('0900000000040000', 'hex'));
        expect((await peer.hear()).name).toBe('A-ABORT');
      },
    ],
    [
      'was released',
      async (peer) => {
        await peer.associate();
        peer.say({ type: 'release-rq' });
        expect((await peer.hear()).name).toBe('A-RELEASE-RP');
      },
    ],
    [
      'is idle, and stays after the abort',
      async (peer) => {
        await peer.associate();
      },
    ],
  ])('does not wait at its end for a peer that stays connected: one that %s', async (_, talk) => {
    await acceptor[Symbol.asyncDispose]();
    await start({ artimMs: 3_600_000, closeMs: 3_600_000 }, (association, stop) =>
      serveAssociation(association, {
        services: [],
        limits: routerLimits(),
        stop,
        answered: () => undefined,
        failed: () => undefined,
      }),
    );
    // It does not close when the other side has.
    const socket = connect({ host: '127.0.0.1', port: acceptor.port, allowHalfOpen: true });
    await once(socket, 'connect');
    const peer = Parrot.of(socket);
    open.push(peer);
    await talk(peer);
    await expect.poll(() => acceptor.size).toBe(1);
    await acceptor[Symbol.asyncDispose]();
    expect(acceptor.size).toBe(0);
  });

  it('stops although a peer takes no bytes', async () => {
    await acceptor[Symbol.asyncDispose]();
    const flooded = Promise.withResolvers<unknown>();
    acceptor = await listen({
      host: '127.0.0.1',
      port: 0,
      limits: routerLimits({ closeMs: 100 }),
      policy,
      serve: async (association) => {
        for (;;) {
          const fragment = { contextId: 1, command: false, last: false, parts: [Buffer.alloc(16_000)] };
          await association.write([fragment]).catch((error: unknown) => {
            flooded.resolve(error);
            throw error;
          });
        }
      },
      refused: () => undefined,
      failed: () => undefined,
    });
    const deaf = connect({ host: '127.0.0.1', port: acceptor.port });
    deaf.pause();
    deaf.write(encodePdu(associateRq()));
    await expect.poll(() => acceptor.size).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const began = performance.now();
    await acceptor[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await flooded.promise).toMatchObject({ code: 'closed' });
    deaf.destroy();
  });
});
