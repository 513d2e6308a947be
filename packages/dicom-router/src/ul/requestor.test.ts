import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { CT_STORAGE, type Parrot, pData, VERIFICATION } from '../../test/parrot.ts';
import { type ParrotServer, parrotServer } from '../../test/parrot-server.ts';
import { type RouterLimits, routerLimits } from '../limits.ts';
import type { Association } from './association.ts';
import { encodePdu } from './pdu/encode.ts';
import type { AssociateAc } from './pdu/model.ts';
import { requestAssociation } from './requestor.ts';

const accept = (changes: Partial<AssociateAc> = {}): AssociateAc => ({
  type: 'associate-ac',
  protocolVersion: 1,
  calledAe: 'PEER',
  callingAe: 'FILMLESS',
  applicationContext: '1.2.840.10008.3.1.1.1',
  contexts: [
    { id: 1, result: 0, transferSyntax: '1.2.840.10008.1.2' },
    { id: 3, result: 4, transferSyntax: '' },
  ],
  user: { maxLength: 4096, implementationClassUid: '1.2', roles: [], extended: [], commonExtended: [] },
  ...changes,
});

const call = (port: number, limits: Partial<RouterLimits> = {}, signal?: AbortSignal) =>
  requestAssociation({
    ...(signal === undefined ? {} : { signal }),
    host: '127.0.0.1',
    port,
    calledAe: 'PEER',
    callingAe: 'FILMLESS',
    contexts: [VERIFICATION, CT_STORAGE],
    limits: routerLimits({ artimMs: 300, responseMs: 300, stallMs: 300, connectMs: 1000, ...limits }),
  });

const accepting = (then: (parrot: Parrot) => Promise<void>, changes: Partial<AssociateAc> = {}) =>
  parrotServer(async (parrot) => {
    await parrot.hear();
    parrot.say(accept(changes));
    await then(parrot);
  });

describe('the requestor', () => {
  it('knows what was agreed on, and releases', async () => {
    const heard: string[] = [];
    await using server = await accepting(async (parrot) => {
      heard.push((await parrot.hear()).name);
      parrot.say({ type: 'release-rp' });
      heard.push((await parrot.hear()).name);
    });
    const association = await call(server.port);
    expect([...association.contexts.keys()]).toEqual([1]);
    expect(association.maxFragmentBytes).toBe(4090);
    await association.release();
    await expect.poll(() => heard).toEqual(['A-RELEASE-RQ', 'closed']);
  });

  it('trusts no context the peer made up', async () => {
    const contexts = [
      { id: 1, result: 0, transferSyntax: '1.2.840.10008.1.2.4.50' },
      { id: 77, result: 0, transferSyntax: '1.2.840.10008.1.2' },
    ];
    await using server = await accepting(async () => undefined, { contexts });
    const association = await call(server.port);
    expect(association.contexts.size).toBe(0);
    association.abort();
  });

  it('gets through when both sides ask for release at once', async () => {
    const heard: string[] = [];
    await using server = await accepting(async (parrot) => {
      parrot.say({ type: 'release-rq' });
      heard.push((await parrot.hear()).name, (await parrot.hear()).name);
      parrot.say({ type: 'release-rp' });
      heard.push((await parrot.hear()).name);
    });
    const association = await call(server.port);
    await association.release();
    await expect.poll(() => heard).toEqual(['A-RELEASE-RQ', 'A-RELEASE-RP', 'closed']);
  });

  it('waits for release no longer although the peer goes on sending', async () => {
    let flooding: NodeJS.Timeout | undefined;
    await using server = await accepting(async (parrot) => {
      await parrot.hear();
      flooding = setInterval(() => parrot.say(pData(1, false, false, Buffer.alloc(100))), 20);
    });
    const association = await call(server.port);
    const releasing = association.release();
    await expect(releasing).rejects.toMatchObject({ code: 'timeout' });
    clearInterval(flooding);
  });

  it('says why it was rejected', async () => {
    await using server = await parrotServer(async (parrot) => {
      await parrot.hear();
      parrot.say({ type: 'associate-rj', result: 1, source: 1, reason: 3 });
    });
    await expect(call(server.port)).rejects.toMatchObject({
      code: 'rejected',
      message: 'PEER rejected permanently: calling AE title not recognized',
    });
  });

  it('gives up on a peer that never answers, and says so', async () => {
    await using server = await parrotServer(async () => undefined);
    await expect(call(server.port)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('waits no longer for a peer that never answers when the product stops', async () => {
    await using server = await parrotServer(async () => undefined);
    const stop = new AbortController();
    const calling = call(server.port, { artimMs: 60_000 }, stop.signal);
    setTimeout(() => stop.abort(), 100);
    await expect(calling).rejects.toMatchObject({ code: 'closed' });
    await expect(call(server.port, { artimMs: 60_000 }, stop.signal)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('waits no longer for the answer of a peer once the association is aborted', async () => {
    await using server = await accepting(async () => undefined);
    const association = await call(server.port, { artimMs: 60_000 });
    const reading = association.read(60_000);
    setTimeout(() => association.abort(), 50);
    await expect(reading).rejects.toMatchObject({ code: 'closed' });
  });

  it('says when nobody listens', async () => {
    const server = await parrotServer(async () => undefined);
    await server[Symbol.asyncDispose]();
    await expect(call(server.port)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('refuses an answer that is no answer', async () => {
    await using server = await parrotServer(async (parrot) => {
      await parrot.hear();
      parrot.say({ type: 'release-rp' });
    });
    await expect(call(server.port)).rejects.toMatchObject({ code: 'protocol' });
  });

  it('stops sending to a peer that takes no bytes', async () => {
    await using deaf = await deafServer();
    const association = await call(deaf.port);
    await expect(flood(association)).rejects.toMatchObject({ code: 'timeout' });
  });

  it('stops sending to a peer that takes no bytes at once when it is aborted', async () => {
    await using deaf = await deafServer();
    const association = await call(deaf.port, { stallMs: 60_000, artimMs: 60_000 });
    setTimeout(() => association.abort(), 200);
    await expect(flood(association)).rejects.toMatchObject({ code: 'closed' });
  });
});

/** Accepts an association and reads nothing more. */
async function deafServer(): Promise<ParrotServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('data', () => {
      socket.pause();
      socket.write(encodePdu(accept()));
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) {
        socket.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function flood(association: Association): Promise<never> {
  for (;;) {
    await association.write([{ contextId: 1, command: false, last: false, parts: [Buffer.alloc(1_000_000)] }]);
  }
}
