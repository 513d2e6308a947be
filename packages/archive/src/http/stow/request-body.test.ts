import { describe, expect, it, vi } from 'vitest';
import { requestBody } from './request-body.ts';

function counted(
  chunks: number,
  size = 1000,
): { body: ReadableStream<Uint8Array>; read: () => number; cancelled: () => boolean } {
  let read = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        read += 1;
        if (read > chunks) {
          controller.close();
        } else {
          controller.enqueue(new Uint8Array(size));
        }
      },
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, read: () => read, cancelled: () => cancelled };
}

describe('the body of a request', () => {
  it('is read as it is asked for', async () => {
    const source = counted(5);
    const reader = requestBody(source.body).getReader();
    await reader.read();
    await reader.read();
    expect(source.read()).toBe(2);
  });

  it('that nobody wants any more is read to its end, without anybody waiting', async () => {
    const source = counted(50);
    const reader = requestBody(source.body).getReader();
    await reader.read();
    await reader.cancel();
    await vi.waitFor(() => expect(source.read()).toBe(51));
    expect(source.cancelled()).toBe(false);
  });

  it('that does not end is let go at a limit', async () => {
    const source = counted(Number.POSITIVE_INFINITY, 32 * 1024 * 1024);
    await requestBody(source.body).cancel();
    await vi.waitFor(() => expect(source.cancelled()).toBe(true));
    expect(source.read()).toBeLessThan(20);
  });

  it('that breaks off is the fault of who sent it', async () => {
    const broken = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('aborted')) });
    await expect(requestBody(broken).getReader().read()).rejects.toMatchObject({ code: 'invalid-request' });
  });
});
