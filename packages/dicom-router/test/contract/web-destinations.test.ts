import { NO_METER } from '@filmless/access';
import { readMultipart, writeFileMeta } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/destinations/clock.ts';
import { LineGovernor } from '../../src/destinations/line/line-governor.ts';
import type { OutgoingFile } from '../../src/destinations/part10.ts';
import type { SendOutcome } from '../../src/destinations/send-instances.ts';
import { TlsKeeper } from '../../src/destinations/tls-keeper.ts';
import { webTransport } from '../../src/destinations/web/web-transport.ts';
import { RouterError } from '../../src/errors.ts';
import { routerLimits } from '../../src/limits.ts';
import type { Delivery } from '../../src/records/deliveries.ts';
import type { LineSetting, WebDestination } from '../../src/routing/destination.ts';
import { type Issued, selfSigned, TestAuthority } from '../certificates.ts';
import { testObject } from '../objects.ts';
import { finds, startWebPeer, type WebPeer } from '../web-peer.ts';

const delivery = (number: number, changes: Partial<Delivery> = {}): Delivery => {
  const { bytes: _, ...object } = testObject(number);
  return { id: number, attempts: 0, priority: 'routine', changes: {}, bytes: 1000, ...object, ...changes };
};

const fileMeta = (number: number) => {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = testObject(number);
  return writeFileMeta({ mediaStorageSopClassUid: sopClassUid, mediaStorageSopInstanceUid: sopInstanceUid, transferSyntaxUid });
};

const stored = ({ asked }: WebPeer) => asked.filter(({ method }) => method === 'POST');

let closed: number;
let broken: ReadonlySet<number>;

const openFile = async ({ id }: Delivery): Promise<OutgoingFile> => {
  if (id === 99) {
    throw new RouterError('not-found', 'the archive no longer has the instance');
  }
  const { bytes, ...object } = testObject(id);
  const pieces = async function* () {
    // In the same memory each time, as the archive gives them.
    const memory = new Uint8Array(bytes.byteLength);
    for (const piece of [bytes.subarray(0, 20), bytes.subarray(20, 50), bytes.subarray(50)]) {
      memory.fill(0);
      memory.set(piece);
      yield memory.subarray(0, piece.byteLength);
      if (broken.has(id)) {
        throw new RouterError('archive', 'the archive broke off');
      }
    }
  };
  const close = () => {
    closed += 1;
    return Promise.resolve();
  };
  return { ...object, fileMeta: fileMeta(id), bytes: pieces(), close };
};

const uidOf = (number: number) => testObject(number).sopInstanceUid;
const reference = (number: number, more: object = {}) => ({
  '00081150': { vr: 'UI', Value: [testObject(number).sopClassUid] },
  '00081155': { vr: 'UI', Value: [uidOf(number)] },
  ...more,
});
const reason = (tag: string, value: number) => ({ [tag]: { vr: 'US', Value: [value] } });
const sequence = (tag: string, items: readonly object[]) => ({ [tag]: { vr: 'SQ', Value: items } });
const json = (status: number, ...parts: readonly object[]) => ({
  status,
  headers: { 'content-type': 'application/dicom+json' },
  body: JSON.stringify(Object.assign({}, ...parts)),
});

describe('a web server as destination', () => {
  let peer: WebPeer;

  beforeEach(async () => {
    [closed, broken] = [0, new Set()];
    peer = await startWebPeer();
  });

  afterEach(async () => {
    await peer[Symbol.asyncDispose]();
  });

  const send = async (deliveries: readonly Delivery[], changes: Partial<WebDestination> = {}, line?: LineSetting) => {
    const destination: WebDestination = {
      ...{ kind: 'dicomweb', id: 'tinh', url: `${peer.url}/dicom-web`, enabled: true, secret: { token: 'S3CRET' } },
      ...changes,
    };
    const limits = routerLimits({ stowInstances: 3, stallMs: 2000, responseMs: 2000, handshakeMs: 2000 });
    const options = {
      openFile,
      limits,
      clock: SYSTEM_CLOCK,
      meter: NO_METER,
      tls: new TlsKeeper({ authorities: authority.pem, identity: ours }),
    };
    const outcomes: (SendOutcome & { readonly id: number })[] = [];
    const governor = new LineGovernor({ line, clock: SYSTEM_CLOCK });
    using share = governor.open('routine');
    const report = ({ id }: Delivery, outcome: SendOutcome) => {
      outcomes.push({ id, ...outcome });
      return Promise.resolve();
    };
    const outgoing = { line: share, signal: new AbortController().signal };
    const error = await webTransport(options, destination)
      .send(deliveries, report, outgoing)
      .then(
        () => undefined,
        (failure: unknown) => failure,
      );
    return { outcomes, error };
  };

  let authority: TestAuthority;
  let ours: Issued;
  beforeEach(async () => {
    authority = await TestAuthority.make();
    ours = await authority.issue({ name: 'filmless' });
  });

  const partsOf = async (index: number) => {
    const { body, headers } = peer.asked[index] ?? { body: Buffer.of(), headers: {} };
    const boundary = /boundary=(.*)$/.exec(headers['content-type'] ?? '')?.[1] ?? '';
    const parts: Buffer[] = [];
    for await (const part of readMultipart(new Blob([new Uint8Array(body)]).stream(), boundary)) {
      parts.push(Buffer.from(await new Response(part.body).arrayBuffer()));
    }
    return parts;
  };

  it('gets several instances in one request, byte for byte, with the token', async () => {
    peer.answer = () =>
      json(
        200,
        sequence(
          '00081199',
          [1, 2, 3, 4].map((number) => reference(number)),
        ),
      );
    const { outcomes, error } = await send([1, 2, 3, 4].map((number) => delivery(number)));
    expect(error).toBeUndefined();
    expect(outcomes).toEqual([1, 2, 3, 4].map((id) => ({ id, kind: 'done' })));
    expect(
      peer.asked.map(({ method, path, headers }) => [method, path, headers.authorization, headers['content-encoding']]),
    ).toEqual([
      ['POST', '/dicom-web/studies', 'Bearer S3CRET', undefined],
      ['POST', '/dicom-web/studies', 'Bearer S3CRET', undefined],
    ]);
    const [first, second] = [await partsOf(0), await partsOf(1)];
    expect([first.length, second.length]).toEqual([3, 1]);
    expect(first[1]?.equals(Buffer.concat([fileMeta(2), testObject(2).bytes]))).toBe(true);
    expect(closed).toBe(4);
  });

  it('tells of each what became of it', async () => {
    peer.answer = () =>
      json(
        202,
        sequence('00081199', [reference(1, reason('00081196', 0xb000))]),
        sequence('00081198', [reference(2, reason('00081197', 0xc000)), reference(3, reason('00081197', 0x0110))]),
      );
    expect(await send([delivery(1), delivery(2), delivery(3)])).toEqual({
      error: undefined,
      outcomes: [
        { id: 1, kind: 'done', status: 0xb000 },
        { id: 2, kind: 'aside', status: 0xc000, problem: 'answered C000H (cannot understand)' },
        { id: 3, kind: 'again', status: 0x0110, problem: 'answered 0110H (processing failure)' },
      ],
    });
  });

  it.each([
    [0x0122, 'aside'],
    [0xa900, 'aside'],
    [0xa700, 'again'],
    [0xa702, 'aside'],
    [0x0111, 'done'],
  ])('takes failure reason %i as %s', async (code, kind) => {
    peer.answer = () => json(409, sequence('00081198', [reference(1, reason('00081197', code))]));
    expect(await send([delivery(1)])).toMatchObject({ error: undefined, outcomes: [{ kind, status: code }] });
  });

  it('is sent the next request while it answers one, and no third', async () => {
    const second = Promise.withResolvers<void>();
    let [begun, whileUnanswered] = [0, 0];
    peer.answer = async () => {
      begun += 1;
      if (begun === 1) {
        await second.promise;
        // A third would come now.
        await new Promise((resolve) => setTimeout(resolve, 20));
        whileUnanswered = begun;
      } else {
        second.resolve();
      }
      return json(
        200,
        sequence(
          '00081199',
          [1, 2, 3, 4, 5, 6, 7].map((id) => reference(id)),
        ),
      );
    };
    const { outcomes, error } = await send([1, 2, 3, 4, 5, 6, 7].map((id) => delivery(id)));
    expect(error).toBeUndefined();
    expect(outcomes).toEqual([1, 2, 3, 4, 5, 6, 7].map((id) => ({ id, kind: 'done' })));
    expect(stored(peer)).toHaveLength(3);
    expect(whileUnanswered).toBe(2);
  });

  it('is not believed when it answers 200 and has nothing', async () => {
    peer.answer = ({ method }) => (method === 'POST' ? json(200, { '00081199': { vr: 'SQ' } }) : { status: 200, body: '[]' });
    expect(await send([delivery(1)])).toMatchObject({
      outcomes: [{ kind: 'again', problem: expect.stringContaining('neither names the instance nor finds it') }],
    });
    expect(peer.asked[1]?.path).toBe(
      `/dicom-web/studies/2.25.100/series/2.25.100.1/instances?SOPInstanceUID=${uidOf(1)}&limit=1`,
    );
    expect(Buffer.from(peer.asked[0]?.body ?? []).includes('Content-Type: application/dicom\r\n\r\n')).toBe(true);
  });

  it('is left to a person when it names nothing and cannot be asked', async () => {
    peer.answer = ({ method }) => (method === 'POST' ? json(200, {}) : { status: 404, body: '' });
    expect(await send([delivery(1)])).toMatchObject({ outcomes: [{ kind: 'aside' }] });
  });

  it('sets aside what the archive no longer has, and sends the others', async () => {
    peer.answer = finds;
    expect(await send([delivery(99), delivery(2)])).toMatchObject({
      error: undefined,
      outcomes: [
        { id: 99, kind: 'aside', problem: 'the archive no longer has the instance' },
        { id: 2, kind: 'done' },
      ],
    });
    expect(await send([delivery(99)])).toMatchObject({ outcomes: [{ id: 99, kind: 'aside' }] });
    expect(stored(peer)).toHaveLength(1);
  });

  it('blames the instance that breaks off in the middle, and no other', async () => {
    broken = new Set([2]);
    const { outcomes, error } = await send([delivery(1), delivery(2), delivery(3)]);
    expect(error).toMatchObject({ code: 'archive' });
    expect(outcomes).toEqual([{ id: 2, kind: 'again', problem: 'the archive broke off' }]);
    expect(closed).toBe(3);
  });

  it.each([
    [401, 'unauthorized', 'does not take our credentials'],
    [403, 'unauthorized', 'may not store there'],
    [404, 'rejected', 'check the address'],
    [301, 'rejected', 'enter the new address'],
    [503, 'full', 'takes nothing at the moment'],
    [429, 'full', 'takes nothing at the moment'],
    [507, 'full', 'takes nothing at the moment'],
  ])('that answers %i takes nothing, and no instance is to blame', async (status, code, words) => {
    peer.answer = () => ({
      status,
      headers: { 'retry-after': '120', 'content-type': 'application/problem+json' },
      body: JSON.stringify({ detail: 'nhiều quá' }),
    });
    const { outcomes, error } = await send([delivery(1), delivery(2)]);
    expect(outcomes).toEqual([]);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect((error as RouterError).retryAfterMs).toBe({ full: 120_000, unauthorized: 1_800_000, rejected: undefined }[code]);
  });

  it.each([
    [413, 'aside', 'too long'],
    [415, 'aside', 'transfer syntax'],
    [400, 'aside', 'answered 400'],
    [500, 'again', 'answered 500'],
  ])('that answers %i to several gets each alone, so that one does not hold up the others', async (status, kind, words) => {
    peer.answer = (asked) => (asked.body.includes(uidOf(2)) ? { status } : finds(asked));
    const { outcomes, error } = await send([1, 2, 3].map((number) => delivery(number)));
    expect(error).toBeUndefined();
    expect(outcomes).toMatchObject([
      { id: 1, kind: 'done' },
      { id: 2, kind, problem: expect.stringContaining(words) },
      { id: 3, kind: 'done' },
    ]);
    expect(stored(peer)).toHaveLength(4);
  });

  it('that hangs up, is silent or is away is tried again later', async () => {
    peer.answer = () => 'hang-up';
    expect((await send([delivery(1)])).error).toMatchObject({ code: 'closed', message: expect.stringContaining('broke off') });
    const { url } = peer;
    await peer[Symbol.asyncDispose]();
    expect((await send([delivery(1)], { url })).error).toMatchObject({ code: 'unreachable' });
    peer = await startWebPeer();
  });

  it('of our own kind gets compressed bodies on a slow line, and the source of each where we relay', async () => {
    peer.answer = finds;
    const origin = (callingAe: string) => ({ origin: { callingAe, address: '10.0.0.11', facility: 'main' } });
    const deliveries = [delivery(1, origin('CT01')), delivery(2, origin('CT01')), delivery(3, origin('MR 01'))];
    const changes = { kind: 'filmless' as const, url: peer.url, relay: true };
    expect(await send(deliveries, changes, { bytesPerSecond: 10_000_000 })).toMatchObject({ error: undefined });
    expect(stored(peer).map(({ path, headers }) => [path, headers['filmless-source'], headers['content-encoding']])).toEqual([
      ['/dicom-web/studies', 'ae=CT01;ip=10.0.0.11;facility=main', 'zstd'],
      ['/dicom-web/studies', 'ae=MR 01;ip=10.0.0.11;facility=main', 'zstd'],
    ]);
    expect((await partsOf(0)).length).toBe(2);
  });

  it('that takes no compressed bodies gets them as they are', async () => {
    peer.answer = (asked) => (asked.headers['content-encoding'] === undefined ? finds(asked) : { status: 415 });
    const sent = await send([delivery(1)], { kind: 'filmless', url: peer.url }, { bytesPerSecond: 10_000_000 });
    expect(sent).toMatchObject({ error: undefined, outcomes: [{ kind: 'done' }] });
    expect(stored(peer).map(({ headers }) => headers['content-encoding'])).toEqual(['zstd', undefined]);
  });

  it('gets a large instance in an upload that goes on where it stood', async () => {
    const whole = Buffer.concat([fileMeta(1), testObject(1).bytes]);
    let got = Buffer.from(whole.subarray(0, 100));
    peer.answer = ({ method, body, headers }) => {
      if (method === 'PATCH') {
        expect(headers['upload-offset']).toBe(String(got.byteLength));
        got = Buffer.concat([got, body]);
      }
      const outcome = got.byteLength === whole.byteLength ? { outcome: { status: 'stored' } } : {};
      return { status: 200, body: JSON.stringify({ id: 'abc', offset: got.byteLength, ...outcome }) };
    };
    const large = delivery(1, { bytes: 9_000_000 });
    const sent = await send([large], { kind: 'filmless', url: peer.url });
    expect(sent).toEqual({ error: undefined, outcomes: [{ id: 1, kind: 'done' }] });
    expect(peer.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/uploads', 'PATCH /api/uploads/abc']);
    expect(JSON.parse(peer.asked[0]?.body.toString() ?? '')).toMatchObject({
      sopInstanceUid: uidOf(1),
      length: whole.byteLength,
    });
    expect(got.equals(whole)).toBe(true);
    expect(closed).toBe(2);
  });

  it('is believed by its certificate, its fingerprint or our authority, and is shown ours', async () => {
    const own = await selfSigned({ hosts: ['elsewhere'], addresses: [] });
    const tls = { cert: own.cert, key: own.key, requestCert: true, rejectUnauthorized: true, ca: authority.pem };
    await using secured = await startWebPeer(tls);
    secured.answer = finds;
    expect((await send([delivery(1)], { url: secured.url })).error).toMatchObject({ code: 'untrusted' });
    const known = await send([delivery(1)], { url: secured.url, tls: { fingerprint: own.fingerprint } });
    expect(known).toMatchObject({ error: undefined, outcomes: [{ kind: 'done' }] });
    const issued = await authority.issue();
    await using vouched = await startWebPeer({ ...tls, cert: issued.cert, key: issued.key });
    vouched.answer = finds;
    expect(await send([delivery(1)], { url: vouched.url })).toMatchObject({ error: undefined });
    const stranger = await selfSigned();
    const shown = { url: vouched.url, secret: { cert: stranger.cert, key: stranger.key } };
    expect((await send([delivery(1)], shown)).error).toBeInstanceOf(RouterError);
  });
});
