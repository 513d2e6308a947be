import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { createApi } from '@filmless/access';
import { beforeEach, describe, expect, it } from 'vitest';
import { SERVER_LIMITS } from '../limits.ts';
import { compressedJson } from './compressed-json.ts';

const TEXT = JSON.stringify(Array.from({ length: 2_000 }, (_, n) => ({ n, name: 'Nguyễn Văn An' })));
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Text in small pieces; tells whether it was read to its end or let go. */
function slowly(text: string, pieces: number, fate: string[]): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(text);
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (at >= pieces) {
        fate.push('whole');
        controller.close();
        return;
      }
      controller.enqueue(bytes.subarray((bytes.length * at) / pieces, (bytes.length * (at + 1)) / pieces));
      at += 1;
    },
    cancel: () => {
      fate.push('let go');
    },
  });
}

function endless(text: () => string, fate: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await setImmediate();
      controller.enqueue(Buffer.from(text()));
    },
    cancel: () => {
      fate.push('let go');
    },
  });
}

function broken(): ReadableStream<Uint8Array> {
  let pieces = 0;
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pieces += 1;
      if (pieces > 3) {
        controller.error(new Error('the index is away'));
      } else {
        controller.enqueue(Buffer.from(TEXT));
      }
    },
  });
}

function application(fate: string[] = []) {
  const app = createApi(silent);
  app.use('*', compressedJson());
  const json = (type: string, more: Readonly<Record<string, string>> = {}) => ({
    'content-type': type,
    'content-length': String(Buffer.byteLength(TEXT)),
    ...more,
  });
  app.get('/dicom-web/studies', (c) => c.body(TEXT, 200, json('application/dicom+json', { etag: '"abc"' })));
  app.get('/dicom-web/streamed', (c) => c.body(slowly(TEXT, 500, fate), 200, { 'content-type': 'application/dicom+json' }));
  const random = () => randomBytes(20_000).toString('base64');
  app.get('/dicom-web/endless', (c) => c.body(endless(random, fate), 200, { 'content-type': 'application/dicom+json' }));
  app.get('/dicom-web/broken', (c) => c.body(broken(), 200, { 'content-type': 'application/dicom+json' }));
  app.get('/dicom-web/weak', (c) => c.body(TEXT, 200, json('application/dicom+json', { etag: 'W/"abc"' })));
  app.get('/dicom-web/packed', (c) => c.body(TEXT, 200, json('application/dicom+json', { 'content-encoding': 'gzip' })));
  app.get('/dicom-web/part', (c) => c.body(TEXT, 206, json('application/dicom+json')));
  app.get('/dicom-web/images', (c) => c.body(TEXT, 200, json('multipart/related; type="application/dicom+json"')));
  app.get('/api/events', (c) => c.body(TEXT, 200, { 'content-type': 'text/event-stream' }));
  app.get('/api/small', (c) => c.json({ a: 1 }));
  app.get('/api/short', (c) => c.body('{}', 200, { 'content-type': 'application/json', 'content-length': '2' }));
  app.get('/api/session', (c) => c.body(TEXT, 200, json('application/json')));
  app.get('/api/tokens/7', (c) => c.body(TEXT, 200, json('application/json')));
  app.get('/api/cookie', (c) => c.body(TEXT, 200, json('application/json', { 'set-cookie': 'a=b' })));
  app.get('/dicom-web', (c) => c.body(TEXT, 200, json('application/vnd.sun.wadl+xml')));
  return app;
}

let app = application();
beforeEach(() => {
  app = application();
});
const ask = async (path: string, accept: string, more: Readonly<Record<string, string>> = {}) =>
  await app.request(path, { headers: { 'accept-encoding': accept, ...more } });

describe('a JSON answer', () => {
  it.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
    ['zstd', zstdDecompressSync],
  ] as const)('goes out in %s when the client takes it, and is the same inside', async (coding, inflate) => {
    for (const path of ['/dicom-web/studies', '/dicom-web/streamed', '/dicom-web']) {
      const response = await ask(path, coding);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(inflate(bytes).toString()).toBe(TEXT);
      expect(bytes.length).toBeLessThan(TEXT.length / 5);
      expect(response.headers.get('content-encoding')).toBe(coding);
      expect(response.headers.get('content-length')).toBeNull();
      expect(response.headers.get('vary')).toBe('accept-encoding');
    }
  });

  it('keeps its entity tag as a weak one', async () => {
    expect((await ask('/dicom-web/studies', 'gzip')).headers.get('etag')).toBe('W/"abc"');
    expect((await ask('/dicom-web/weak', 'gzip')).headers.get('etag')).toBe('W/"abc"');
    expect((await ask('/dicom-web/studies', 'identity')).headers.get('etag')).toBe('"abc"');
  });

  it('goes out as it is when the client does not ask for less, and caches are told', async () => {
    for (const accept of ['', 'identity', 'gzip;q=0']) {
      const response = await ask('/dicom-web/studies', accept);
      expect([await response.text(), response.headers.get('content-encoding'), response.headers.get('vary')]).toEqual([
        TEXT,
        null,
        'accept-encoding',
      ]);
    }
  });

  it.each(['/dicom-web/part', '/dicom-web/images', '/api/events', '/api/short', '/api/session', '/api/tokens/7', '/api/cookie'])(
    'is left alone: %s',
    async (path) => {
      const response = await ask(path, 'gzip');
      expect([response.headers.get('content-encoding'), (await response.text()).length]).toEqual([
        null,
        path === '/api/short' ? 2 : TEXT.length,
      ]);
    },
  );

  it('is not compressed twice', async () => {
    const response = await ask('/dicom-web/packed', 'zstd');
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual(['gzip', TEXT]);
  });

  it.each(['cross-site', 'same-site'])('goes out as it is when another site made the browser ask (%s)', async (site) => {
    const response = await ask('/dicom-web/studies', 'gzip', { 'sec-fetch-site': site });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect((await ask('/dicom-web/studies', 'gzip', { 'sec-fetch-site': 'same-origin' })).headers.get('content-encoding')).toBe(
      'gzip',
    );
  });
});

describe('answers under way', () => {
  it('are compressed up to a number, and further ones go out plain', async () => {
    const open = await Promise.all(Array.from({ length: SERVER_LIMITS.compressions }, () => ask('/dicom-web/streamed', 'gzip')));
    expect(open.every(({ headers }) => headers.get('content-encoding') === 'gzip')).toBe(true);
    expect((await ask('/dicom-web/studies', 'gzip')).headers.get('content-encoding')).toBeNull();
    await Promise.all(open.map((response) => response.arrayBuffer()));
    await expect.poll(async () => (await ask('/dicom-web/studies', 'gzip')).headers.get('content-encoding')).toBe('gzip');
  });

  it.each([0, 2])('let their source go when the client goes after %i pieces', async (read) => {
    const fate: string[] = [];
    app = application(fate);
    const response = await ask('/dicom-web/endless', 'gzip');
    const reader = response.body?.getReader();
    for (let pieces = 0; pieces < read; pieces += 1) {
      expect((await reader?.read())?.done).toBe(false);
    }
    await reader?.cancel();
    await expect.poll(() => fate).toEqual(['let go']);
  });

  it('break off when their source does', async () => {
    const response = await ask('/dicom-web/broken', 'zstd');
    await expect(response.arrayBuffer()).rejects.toThrow('the index is away');
  });
});
