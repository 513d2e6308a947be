import { expect, it, vi } from 'vitest';
import { ApiError, createClient, pathOf } from './client.ts';
import { failureText } from './failure.ts';
import { list, object, or, text, UnreadableAnswer } from './json.ts';

const answering = (response: Response | Error) => {
  const signedOut = vi.fn();
  const fetch = vi.fn((_path: unknown, _init: unknown) =>
    response instanceof Error ? Promise.reject(response) : Promise.resolve(response),
  );
  return { client: createClient({ fetch: fetch as typeof globalThis.fetch, onSignedOut: signedOut }), signedOut, fetch };
};

const problem = (status: number, detail: string, headers: HeadersInit = {}) =>
  new Response(JSON.stringify({ title: 'x', status, detail }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });

const caught = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

it('gives a parsed answer', async () => {
  const { client } = answering(Response.json({ names: ['An', 'Bình'] }));
  expect(await client.get('/api/x', object({ names: list(text) }))).toEqual({ names: ['An', 'Bình'] });
});

it('sends JSON', async () => {
  const { client, fetch } = answering(new Response(null, { status: 204 }));
  await client.send('/api/x', { method: 'PUT', body: { a: 1 } });
  expect(fetch.mock.calls[0]?.[1]).toMatchObject({
    method: 'PUT',
    body: '{"a":1}',
    headers: { 'Content-Type': 'application/json' },
  });
});

it('says that the session is over when the server says so', async () => {
  const { client, signedOut } = answering(problem(401, 'Sign in'));
  expect(await caught(client.get('/api/x', text))).toMatchObject({ status: 401 });
  expect(signedOut).toHaveBeenCalledOnce();
});

it.each([
  [new TypeError('fetch failed'), 'Không liên lạc được với máy chủ'],
  [problem(429, 'x', { 'Retry-After': '95' }), 'Hãy chờ 2 phút'],
  [problem(429, 'x', { 'Retry-After': '30' }), 'Hãy chờ 30 giây'],
  [problem(409, 'This is the last administrator. Make another one first.'), 'Đây là người quản trị cuối cùng.'],
  [problem(422, 'The password needs at least 14 characters.'), 'Mật khẩu cần ít nhất 14 ký tự.'],
  [problem(400, 'name: too long'), 'name: too long'],
  [problem(403, 'x'), 'không có quyền'],
  [problem(507, 'x'), 'hết chỗ lưu trữ'],
  [new Response('<html>Bad Gateway</html>', { status: 502 }), 'HTTP 502'],
])('says in words what went wrong: %o', async (response, words) => {
  const error = await caught(answering(response).client.get('/api/x', text));
  expect(error).toBeInstanceOf(ApiError);
  expect(failureText(error)).toContain(words);
});

it('names the place where an answer has an unexpected form', async () => {
  const { client } = answering(Response.json({ users: [{ name: 'An' }, { name: 7 }] }));
  const error = await caught(client.get('/api/users', object({ users: list(object({ name: text })) })));
  expect(error).toBeInstanceOf(UnreadableAnswer);
  expect(failureText(error)).toContain('/api/users.users[1].name');
});

it('does not take a page of a proxy for data', async () => {
  const { client } = answering(new Response('<html></html>'));
  expect(await caught(client.get('/api/x', or(text, '')))).toBeInstanceOf(UnreadableAnswer);
});

it('passes on that nobody waits any more', async () => {
  const abort = new AbortController();
  const fetch = (_: unknown, init?: RequestInit) =>
    new Promise<Response>((_resolve, reject) =>
      init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
    );
  const client = createClient({ fetch: fetch as typeof globalThis.fetch, onSignedOut: () => undefined });
  const pending = caught(client.get('/api/x', text, abort.signal));
  abort.abort();
  expect(await pending).toMatchObject({ name: 'AbortError' });
});

it('writes the parts of a path so that none can leave it', () => {
  expect(pathOf('api', 'aes', 'CT 01/../x')).toBe('/api/aes/CT%2001%2F..%2Fx');
});
