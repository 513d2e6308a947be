import { request } from 'node:http';
import { connect } from 'node:net';
import { ALL_RIGHTS } from '@filmless/access';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Facilities, json } from '../support/facilities.ts';

const ALL = '1.2.840.10008.5.1.4.34.5';

let product: Facilities;
let ours: string;
let theirs: string;
beforeAll(async () => {
  product = await Facilities.start();
  ours = await product.token('ours', ['view', 'upload'], ['main']);
  theirs = await product.token('theirs', ['view', 'upload'], ['clinic']);
});
afterAll(async () => {
  await product[Symbol.asyncDispose]();
});

const address = () => new URL(product.filmless.httpUrl);

/** Node's own client of WebSockets. */
async function listen(token: string, title = 'RIS') {
  return await listenWith({ authorization: `Bearer ${token}` }, title);
}

async function listenWith(headers: Readonly<Record<string, string>>, title = 'RIS') {
  const options = { headers } as unknown as string[];
  const socket = new WebSocket(`ws://${address().host}/dicom-web/subscribers/${title}`, options);
  const heard: string[] = [];
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  socket.addEventListener('message', ({ data }) => heard.push(String(data)));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('not opened')));
  });
  return { socket, heard, closed };
}

const create = async (uid: string, token = ours) => {
  const workitem = {
    '00404005': { vr: 'DT', Value: ['20260301080000'] },
    '00404041': { vr: 'CS', Value: ['READY'] },
    '00741000': { vr: 'CS', Value: ['SCHEDULED'] },
    '00741200': { vr: 'CS', Value: ['MEDIUM'] },
    '00741204': { vr: 'LO', Value: ['Đọc'] },
  };
  const body = { headers: { 'content-type': 'application/dicom+json' }, body: JSON.stringify(workitem) };
  expect((await product.call('POST', `/dicom-web/workitems?${uid}`, token, body)).status).toBe(201);
};

/** Asks for a WebSocket with other headers, and gives the answer that is none. */
async function answer(headers: Readonly<Record<string, string>>): Promise<{ status: number | undefined; body: string }> {
  return await new Promise((resolve, reject) => {
    const asked = request(new URL('/dicom-web/subscribers/RIS', address()), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, body: String(response.headers['sec-websocket-accept']) });
    });
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => {
        body += piece.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

it('who subscribed hears of the worklist over a WebSocket, within the facility, until it is closed', async () => {
  const [us, them] = [await listen(ours), await listen(theirs)];
  for (const token of [ours, theirs]) {
    expect((await product.call('POST', `/dicom-web/workitems/${ALL}/subscribers/RIS`, token)).status).toBe(201);
  }
  await create('1.2.3');
  await create('1.2.4', theirs);
  await expect.poll(() => us.heard.length + them.heard.length).toBe(2);
  expect([us.heard[0], them.heard[0]].map((text) => /1\.2\.[34](?=")/.exec(text ?? '')?.[0])).toEqual(['1.2.3', '1.2.4']);
  us.socket.close();
  // The server answers the closing, in the client's own words.
  expect(await us.closed).toBeLessThan(1006);
  them.socket.send('nobody listens to this');
  await create('1.2.5', theirs);
  await expect.poll(() => them.heard.length).toBe(2);
  them.socket.send('x'.repeat(10_000));
  expect(await them.closed).toBe(1009);
});

it('a request for a WebSocket is a request: it is refused in words', async () => {
  const bearer = { authorization: `Bearer ${ours}` };
  expect((await answer({})).status).toBe(401);
  expect(await answer(bearer)).toEqual({ status: 101, body: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' });
  const old = await answer({ ...bearer, 'sec-websocket-version': '8' });
  expect([old.status, JSON.parse(old.body)]).toEqual([426, expect.objectContaining({ title: 'WebSocket needed' })]);
  expect((await answer({ ...bearer, 'sec-websocket-key': 'short' })).status).toBe(426);
  expect((await answer({ ...bearer, upgrade: 'h2c' })).status).toBe(426);
});

it('a request for a WebSocket behind others of its connection, and one that ends at once, leave the server as it was', async () => {
  const head = `Host: ${address().host}\r\nAuthorization: Bearer ${ours}\r\n`;
  const upgrade = `GET /dicom-web/subscribers/RIS HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
  for (const sent of [`GET /dicom-web/workitems HTTP/1.1\r\n${head}\r\n${upgrade}`, upgrade]) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(address().port), address().hostname, () => {
        socket.write(sent);
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => resolve());
      socket.on('error', () => undefined);
    });
  }
  const { heard } = await listen(ours);
  await create('1.2.9');
  await expect.poll(() => heard.length).toBe(1);
});

it('who signs out, or is disabled, hears no more; another session of theirs does until then', async () => {
  const admin = await product.token('admin', [...ALL_RIGHTS], 'all');
  const user = { username: 'an', displayName: 'An', role: 'doctor', facilities: ['main'] };
  const password = 'sông Tiền mùa nước nổi';
  const made = await product.call('POST', '/api/users', admin, json({ ...user, password }));
  const { id } = (await made.json()) as { readonly id: string };
  const signIn = async () => {
    const response = await product.call('POST', '/api/session', undefined, json({ username: 'an', password }));
    expect(response.status).toBe(204);
    return { cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  };
  const [first, second] = [await signIn(), await signIn()];
  const events = await product.call('GET', '/api/events', undefined, { headers: first });
  const [left, stays] = [await listenWith(first), await listenWith(second)];
  expect((await product.call('DELETE', '/api/session', undefined, { headers: first })).status).toBe(204);
  expect(await left.closed).toBe(1001);
  // Ends.
  expect(await events.text()).toMatch(/^retry: /);
  expect(stays.socket.readyState).toBe(WebSocket.OPEN);
  await product.call('PUT', `/api/users/${id}`, admin, json({ ...user, disabled: true }));
  expect(await stays.closed).toBe(1001);
});

it('the server that ends tells who listens that it goes away', async () => {
  const other = await Facilities.start();
  const token = await other.token('one', ['view'], ['main']);
  const options = { headers: { authorization: `Bearer ${token}` } } as unknown as string[];
  const socket = new WebSocket(`ws://${new URL(other.filmless.httpUrl).host}/dicom-web/subscribers/RIS`, options);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  await other[Symbol.asyncDispose]();
  expect(await closed).toBe(1001);
});
