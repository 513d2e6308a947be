import { describe, expect, it, vi } from 'vitest';
import { retried } from './s3-retry.ts';

const failure = (code: string | undefined) => Object.assign(new Error('made'), code === undefined ? {} : { code });

describe('a request to an object store', () => {
  it.each(['SlowDown', 'InternalError', 'ECONNRESET', 'ECONNREFUSED', ''])('is made again after "%s"', async (code) => {
    const operation = vi.fn<() => Promise<string>>().mockRejectedValueOnce(failure(code)).mockResolvedValue('done');
    expect(await retried(operation)).toBe('done');
    expect(operation).toHaveBeenCalledTimes(2);
  });

  it('is made four times at most', async () => {
    const operation = vi.fn(() => Promise.reject(failure('SlowDown')));
    await expect(retried(operation)).rejects.toMatchObject({ code: 'SlowDown' });
    expect(operation).toHaveBeenCalledTimes(4);
  });

  it.each(['NoSuchKey', 'AccessDenied', 'XMinioStorageFull', 'ETIMEDOUT', undefined])('is made once with "%s"', async (code) => {
    const operation = vi.fn(() => Promise.reject(failure(code)));
    await expect(retried(operation)).rejects.toThrow('made');
    expect(operation).toHaveBeenCalledOnce();
  });
});
