import { describe, expect, it } from 'vitest';
import { ApiError, type Client } from './client.ts';
import { readSession, signIn } from './session.ts';

const SESSION = {
  user: { id: '1', username: 'an', displayName: 'An', role: 'doctor' },
  rights: ['view'],
  facilities: [],
  version: '1',
  dicom: null,
};

function answering(answer: unknown): Client & { readonly asked: number } {
  let asked = 0;
  const client: Pick<Client, 'get'> = {
    get: (_path, parse) => {
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(parse(answer, ''));
    },
  };
  return Object.assign(client as Client, {
    get asked() {
      return asked;
    },
  });
}

describe('who is signed in', () => {
  it('is not asked of the server when there is no session', async () => {
    const client = answering(SESSION);
    expect(await readSession(client, { cookie: 'other=1; filmless-signed-in=' })).toBeUndefined();
    expect(client.asked).toBe(0);
  });

  it('is asked when there is one', async () => {
    expect(await readSession(answering(SESSION), { cookie: 'other=1; filmless-signed-in=1' })).toMatchObject({
      user: { username: 'an' },
    });
  });

  it('is not asked again once the session has ended', async () => {
    const jar = { cookie: 'filmless-signed-in=1' };
    expect(await readSession(answering(new ApiError(401, 'The session has ended.')), jar)).toBeUndefined();
    expect(jar.cookie).toBe('filmless-signed-in=; path=/; max-age=0');
  });
});

it('signing in tells the time of this machine, which the server compares with its own', async () => {
  const calls: unknown[] = [];
  const client: Pick<Client, 'send'> = {
    send: async (path, call) => {
      calls.push([path, call]);
    },
  };
  const before = Date.now();
  await signIn(client as Client, 'an', 'a password');
  expect(calls).toEqual([
    [
      '/api/session',
      {
        method: 'POST',
        body: { username: 'an', password: 'a password' },
        headers: { 'Filmless-Client-Time': expect.stringMatching(/^\d{13}$/) },
      },
    ],
  ]);
  const told = Number(/"Filmless-Client-Time":"(\d+)"/.exec(JSON.stringify(calls))?.[1]);
  expect(told >= before && told <= Date.now()).toBe(true);
});
