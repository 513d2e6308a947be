import { afterEach, describe, expect, test, vi } from 'vitest';
import { ImagingError } from './errors.ts';
import { fetchFrame, singleFrame } from './frame-client.ts';

const bytes = (...parts: (string | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? new TextEncoder().encode(part) : part)]));
const type = 'multipart/related; type="application/octet-stream"; boundary=b1';

describe('a frame of a multipart answer', () => {
  test('is taken as it is, with the syntax its part names', () => {
    const pixels = Uint8Array.of(13, 10, 45, 45, 98, 49, 0, 255);
    const body = bytes(
      '--b1\r\nContent-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.80\r\n\r\n',
      pixels,
      '\r\n--b1--\r\n',
    );
    expect(singleFrame(type, body)).toEqual({ bytes: pixels, transferSyntaxUid: '1.2.840.10008.1.2.4.80' });
  });

  test('that holds the boundary itself is not cut there', () => {
    const pixels = bytes('..\r\n--b1..');
    const body = bytes('--b1\r\nContent-Type: application/octet-stream\r\n\r\n', pixels, '\r\n--b1--');
    expect(singleFrame(type, body).bytes).toEqual(pixels);
  });

  test('without a syntax is explicit little endian', () => {
    expect(singleFrame(type, bytes('--b1\r\n\r\nxy\r\n--b1--')).transferSyntaxUid).toBe('1.2.840.10008.1.2.1');
  });

  test('may be sent bare', () => {
    expect(singleFrame('application/octet-stream', Uint8Array.of(1, 2))).toEqual({
      bytes: Uint8Array.of(1, 2),
      transferSyntaxUid: '1.2.840.10008.1.2.1',
    });
  });

  test.each(['', '--b1', 'no parts at all', '--b1\r\nContent-Type: x/y\r\n\r\n'])('is refused when the body is %j', (text) => {
    expect(() => singleFrame(type, bytes(text))).toThrow(ImagingError);
  });
});

describe('fetching a frame', () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each([
    [401, 'signed-out'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [503, 'busy'],
    [500, 'server'],
  ])('tells a %i as %s', async (status, code) => {
    vi.stubGlobal('fetch', async () => new Response('', { status }));
    await expect(fetchFrame('/x')).rejects.toMatchObject({ code });
  });

  test('tells an unreachable server', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('failed')));
    await expect(fetchFrame('/x')).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('asks for the stored syntax', async () => {
    const ask = vi.fn(
      async (_url: string, _init: { readonly headers: { readonly Accept: string } }) => new Response(Uint8Array.of(1)),
    );
    vi.stubGlobal('fetch', ask);
    await fetchFrame('/x').catch(() => undefined);
    expect(ask.mock.calls[0]?.[1].headers.Accept).toBe('multipart/related; type="application/octet-stream"; transfer-syntax=*');
  });
});
