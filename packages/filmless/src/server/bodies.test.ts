import { expect, it } from 'vitest';
import { breakingOnFailure } from './bodies.ts';

/** Errors that were logged, and how often the connection was broken. */
function watched(body: ReadableStream<Uint8Array>) {
  const errors: object[] = [];
  let destroyed = 0;
  const response = breakingOnFailure(
    new Response(body),
    () => {
      destroyed += 1;
    },
    { info: () => undefined, warn: () => undefined, error: (fields) => void errors.push(fields) },
  );
  return { reader: response.body?.getReader(), errors, destroyed: () => destroyed };
}

it('a receiver that goes away in the middle of an answer is no error', async () => {
  let cancelled: unknown;
  const body = new ReadableStream<Uint8Array>({
    pull: () => new Promise(() => undefined),
    cancel: (reason) => {
      cancelled = reason;
    },
  });
  const { reader, errors, destroyed } = watched(body);
  const read = reader?.read();
  await new Promise((resolve) => setImmediate(resolve));
  await reader?.cancel('gone');
  expect(await read).toMatchObject({ done: true });
  await new Promise((resolve) => setImmediate(resolve));
  expect(cancelled).toBe('gone');
  expect(errors).toEqual([]);
  expect(destroyed()).toBe(0);
});

it('nor is a body that fails because its receiver went away', async () => {
  const failing = Promise.withResolvers<void>();
  const { reader, errors } = watched(new ReadableStream<Uint8Array>({ pull: () => failing.promise }));
  const read = reader?.read();
  await new Promise((resolve) => setImmediate(resolve));
  const cancelled = reader?.cancel('gone');
  failing.reject(new Error('the file was closed'));
  await cancelled;
  await read;
  await new Promise((resolve) => setImmediate(resolve));
  expect(errors).toEqual([]);
});

it('a body that fails by itself breaks the connection and is logged once', async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('the disk is gone')) });
  const { reader, errors, destroyed } = watched(body);
  await reader?.read();
  expect(destroyed()).toBe(1);
  expect(errors).toMatchObject([{ error: expect.stringContaining('the disk is gone') }]);
});
