import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DicomError } from '../errors.ts';
import { DEFAULT_MULTIPART_LIMITS, type MultipartLimits, readMultipart } from './read.ts';
import { newBoundary, type OutgoingPart, writeMultipart } from './write.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** A body that arrives in chunks of the given sizes, in turn. */
function arriving(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): ReadableStream<Uint8Array> {
  let offset = 0;
  let turn = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
        turn += 1;
        if (offset >= bytes.length) {
          controller.close();
        } else {
          controller.enqueue(bytes.subarray(offset, offset + size));
          offset += size;
        }
      },
    },
    { highWaterMark: 0 },
  );
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function readAll(
  bytes: Uint8Array,
  boundary: string,
  sizes?: readonly number[],
  limits?: MultipartLimits,
): Promise<{ headers: Record<string, string>; body: Uint8Array }[]> {
  const parts: { headers: Record<string, string>; body: Uint8Array }[] = [];
  for await (const part of readMultipart(arriving(bytes, sizes), boundary, limits)) {
    parts.push({ headers: Object.fromEntries(part.headers), body: await collect(part.body) });
  }
  return parts;
}

const texts = (parts: readonly { body: Uint8Array }[]): string[] => parts.map((part) => decode(part.body));

describe('reading a multipart body', () => {
  it('gives each part with its headers in lower case', async () => {
    const body = encode(
      '--b\r\nContent-Type: application/dicom\r\nContent-Location: /x\r\n\r\nDICM\r\n--b\r\n\r\nsecond\r\n--b--',
    );
    expect(await readAll(body, 'b')).toEqual([
      { headers: { 'content-type': 'application/dicom', 'content-location': '/x' }, body: encode('DICM') },
      { headers: {}, body: encode('second') },
    ]);
  });

  it('skips what stands before the first delimiter and after the last', async () => {
    const body = encode('This is a message\r\nof several lines --b\r\n--b\r\n\r\nx\r\n--b--\r\nepilogue --b\r\n');
    expect(texts(await readAll(body, 'b'))).toEqual(['x']);
  });

  it('takes spaces and tabs after a delimiter', async () => {
    expect(texts(await readAll(encode('--b \t \r\n\r\nx\r\n--b \r\n\r\ny\r\n--b--  \r\n'), 'b'))).toEqual(['x', 'y']);
  });

  it('takes data that only begins like a delimiter as data, also across chunks', async () => {
    const data = '\r\n--bound\r\n-\r\n--boundaryX\r\n\r\r\n--boundary \tx\r\n--boundary\n';
    const body = encode(`--boundary\r\n\r\n${data}\r\n--boundary--`);
    for (const size of [1, 2, 3, 5, 7, 1000]) {
      expect(texts(await readAll(body, 'boundary', [size]))).toEqual([data]);
    }
  });

  it('joins folded and repeated headers', async () => {
    const body = encode('--b\r\nContent-Type: multipart/x;\r\n  type="a"\r\nX: 1\r\nx: 2\r\n\r\n\r\n--b--');
    expect((await readAll(body, 'b'))[0]?.headers).toEqual({ 'content-type': 'multipart/x; type="a"', x: '1, 2' });
  });

  it('reads a part of no bytes, written with its own line end or sharing the one of its header', async () => {
    for (const body of ['--b\r\nX: 1\r\n\r\n\r\n--b--', '--b\r\nX: 1\r\n\r\n--b--', '--b\r\n\r\n--b--']) {
      for (const size of [1, 2, 1000]) {
        expect(texts(await readAll(encode(body), 'b', [size]))).toEqual(['']);
      }
    }
  });

  it('reads a body without any part', async () => {
    expect(await readAll(encode('--b--\r\n'), 'b')).toEqual([]);
  });

  it('goes to the next part when the reader left, cancelled or half read the one before', async () => {
    const body = encode('--b\r\n\r\naaaaaaaaaa\r\n--b\r\n\r\nbbbbbbbbbb\r\n--b\r\n\r\ncccccccccc\r\n--b\r\n\r\nd\r\n--b--');
    const seen: string[] = [];
    let index = 0;
    for await (const part of readMultipart(arriving(body, [3]), 'b')) {
      if (index === 1) {
        await part.body.cancel();
      } else if (index === 2) {
        const { value } = await part.body.getReader().read();
        seen.push(decode(value ?? new Uint8Array()));
      } else if (index === 3) {
        seen.push(decode(await collect(part.body)));
      }
      index += 1;
    }
    expect(index).toBe(4);
    expect(seen).toEqual([expect.stringMatching(/^c+$/), 'd']);
  });

  it('reads no further than it is asked to', async () => {
    const bytes = encode(`--b\r\n\r\n${'x'.repeat(1000)}\r\n--b--`);
    let handedOut = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          controller.enqueue(bytes.subarray(handedOut, handedOut + 10));
          handedOut += 10;
        },
      },
      { highWaterMark: 0 },
    );
    const parts = readMultipart(body, 'b');
    const first = await parts.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(handedOut).toBeLessThanOrEqual(20);
    await first.value?.body.getReader().read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(handedOut).toBeLessThanOrEqual(40);
    await parts.return();
  });

  it('cancels the body when its reader leaves, without waiting for a sender that has gone quiet', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encode('--b\r\n\r\nbegin')),
      cancel: () => {
        cancelled = true;
        return new Promise<void>(() => undefined);
      },
    });
    for await (const part of readMultipart(body, 'b')) {
      expect(part.headers.size).toBe(0);
      break;
    }
    expect(cancelled).toBe(true);
  });

  it.each([
    ['ends within a part', '--b\r\n\r\nhalf'],
    ['ends within the headers', '--b\r\nContent-Type: x'],
    ['ends after a delimiter', '--b\r\n\r\nx\r\n--b'],
    ['has no delimiter', 'nothing here'],
    ['is empty', ''],
    ['has a header without a colon', '--b\r\nnonsense\r\n\r\nx\r\n--b--'],
    ['has a header without a name', '--b\r\n: x\r\n\r\nx\r\n--b--'],
  ])('refuses a body that %s', async (_, text) => {
    const failure = await readAll(encode(text), 'b').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DicomError);
    expect(failure).toMatchObject({ code: 'invalid-multipart' });
  });

  it('passes on the failure of the connection as it is', async () => {
    const lost = new Error('connection lost');
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) {
          controller.error(lost);
        } else {
          controller.enqueue(encode('--b\r\n\r\nhalf'));
          sent = true;
        }
      },
    });
    const read = async (): Promise<void> => {
      for await (const part of readMultipart(body, 'b')) {
        await collect(part.body);
      }
    };
    await expect(read()).rejects.toBe(lost);
  });

  const limits: MultipartLimits = {
    ...DEFAULT_MULTIPART_LIMITS,
    maxHeaderBytes: 20,
    maxParts: 2,
    maxPartBytes: 10,
    maxPreambleBytes: 10,
  };
  it.each([
    ['headers', `--b\r\nX: ${'x'.repeat(30)}\r\n\r\n\r\n--b--`],
    ['headers without an end', `--b\r\nX: ${'x'.repeat(300)}`],
    ['parts', '--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b--'],
    ['bytes of a part', '--b\r\n\r\n12345678901\r\n--b--'],
    ['text before the first part', `${'x'.repeat(11)}\r\n--b\r\n\r\n1\r\n--b--`],
  ])('refuses more %s than allowed', async (_, text) => {
    for (const size of [1, 7, 1000]) {
      await expect(readAll(encode(text), 'b', [size], limits)).rejects.toMatchObject({ code: 'limit-exceeded' });
    }
    expect(
      texts(
        await readAll(
          encode('1234567\r\n--b\r\nX: 45678901234567890\r\n\r\n1234567890\r\n--b\r\n\r\n2\r\n--b--'),
          'b',
          [1],
          limits,
        ),
      ),
    ).toEqual(['1234567890', '2']);
  });

  it('stops reading an endless text after the last delimiter', async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(encode(sent === 0 ? '--b\r\n\r\nx\r\n--b--' : 'y'.repeat(1000)));
        sent += 1;
      },
    });
    const bodies: string[] = [];
    for await (const part of readMultipart(body, 'b')) {
      bodies.push(decode(await collect(part.body)));
    }
    expect(bodies).toEqual(['x']);
    expect(sent).toBeLessThan(100);
  });

  it.each(['', 'x'.repeat(201), 'a\r\nb', 'é'])('refuses the boundary %j', async (boundary) => {
    await expect(readAll(encode('--b--'), boundary)).rejects.toMatchObject({ code: 'invalid-multipart' });
  });
});

describe('writing and reading', () => {
  it('gives back any parts, however the bytes arrive, also when they are full of near-delimiters', async () => {
    const boundary = 'b0';
    const pieces = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '-',
      '--',
      '\r\n--',
      '\r\n--b',
      '\r\n--b1',
      'b0',
      ' ',
      'x',
      '\0',
      '\r\n\r\n',
    );
    const body = fc
      .oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(pieces, { maxLength: 60 }).map((all) => encode(all.join(''))),
      )
      .filter((bytes) => !/(^|\r\n)--b0/.test(decode(bytes)));
    const part = fc.record({
      headers: fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,10}$/), fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/), {
        maxKeys: 3,
      }),
      body,
      streamed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 }),
        async (parts, sizes) => {
          const outgoing = parts.map(({ headers, body: bytes, streamed }) => ({
            headers,
            body: streamed ? arriving(bytes, sizes) : bytes,
          }));
          const written = await collect(writeMultipart(outgoing, boundary));
          const read = await readAll(written, boundary, sizes);
          expect(read.map((one) => one.body)).toEqual(parts.map((one) => one.body));
          expect(read.map((one) => one.headers)).toEqual(parts.map((one) => ({ ...one.headers })));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never hangs or fails otherwise than typed on a hostile body', async () => {
    const piece = fc.constantFrom(
      '--b',
      '\r\n',
      '--b--',
      '\r\n--b',
      '\r\n--b\r\n',
      'X: y',
      ':',
      ' ',
      '\t',
      '\r',
      '-',
      'data',
      '\r\n\r\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (all, size) => {
        const result = await readAll(encode(all.join('')), 'b', [size]).catch((error: unknown) => error);
        expect(Array.isArray(result) || result instanceof DicomError).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('asks for a part only when the one before was taken', async () => {
    let asked = 0;
    const parts = async function* (): AsyncGenerator<OutgoingPart> {
      for (;;) {
        asked += 1;
        yield { headers: {}, body: new Uint8Array(100_000) };
      }
    };
    const reader = writeMultipart(parts(), newBoundary()).getReader();
    expect(asked).toBe(0);
    await reader.read();
    await reader.read();
    expect(asked).toBe(1);
    await reader.cancel();
  });

  it('cancels the part being sent when its reader leaves', async () => {
    const seen: string[] = [];
    const parts = async function* (): AsyncGenerator<OutgoingPart> {
      try {
        yield {
          headers: {},
          body: new ReadableStream<Uint8Array>({
            pull: (controller) => controller.enqueue(new Uint8Array(10)),
            cancel: () => {
              seen.push('body cancelled');
            },
          }),
        };
      } finally {
        seen.push('parts ended');
      }
    };
    const reader = writeMultipart(parts(), newBoundary()).getReader();
    await reader.read();
    await reader.read();
    await reader.cancel();
    expect(seen).toEqual(['body cancelled', 'parts ended']);
  });

  it('cancels a part that is still being opened when its reader leaves', async () => {
    let cancelled = false;
    let open: (part: OutgoingPart) => void = () => undefined;
    const parts = async function* (): AsyncGenerator<OutgoingPart> {
      yield await new Promise<OutgoingPart>((resolve) => {
        open = resolve;
      });
    };
    const reader = writeMultipart(parts(), newBoundary()).getReader();
    const first = reader.read();
    await new Promise((resolve) => setTimeout(resolve));
    const left = reader.cancel();
    const cancel = (): void => {
      cancelled = true;
    };
    open({ headers: {}, body: new ReadableStream<Uint8Array>({ cancel }) });
    await Promise.all([first, left]);
    expect(cancelled).toBe(true);
  });

  it('tells the parts when its reader leaves before the first of them', async () => {
    let ended = false;
    const parts: AsyncIterable<OutgoingPart> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: true, value: undefined }),
        return: () => {
          ended = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    await writeMultipart(parts, newBoundary()).cancel();
    expect(ended).toBe(true);
  });

  it('refuses a header that would break its line', async () => {
    const written = writeMultipart([{ headers: { Location: 'a\r\nX: b' }, body: new Uint8Array() }], 'b');
    await expect(collect(written)).rejects.toMatchObject({ code: 'invalid-value' });
  });
});
