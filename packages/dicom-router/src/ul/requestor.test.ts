import { describe, expect, it } from 'vitest';
import { CT_STORAGE, type Parrot, VERIFICATION } from '../../test/parrot.ts';
import { parrotServer } from '../../test/parrot-server.ts';
import { type RouterLimits, routerLimits } from '../limits.ts';
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

const call = (port: number, limits: Partial<RouterLimits> = {}) =>
  requestAssociation({
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
    const { createServer } = await import('node:net');
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.pause();
        void import('./pdu/encode.ts').then(({ encodePdu }) => socket.write(encodePdu(accept())));
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const association = await call(typeof address === 'object' && address !== null ? address.port : 0);
    const flood = async () => {
      for (;;) {
        await association.write(1, false, false, [Buffer.alloc(1_000_000)]);
      }
    };
    await expect(flood()).rejects.toMatchObject({ code: 'timeout' });
    server.close();
  });
});
