import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { S3Health } from './s3-health.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });
const refused = failure('ECONNREFUSED');

describe('whether the object store is there', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is not doubted for one request that failed while another is answered', async () => {
    const probe = vi.fn(() => Promise.resolve());
    using health = new S3Health(probe);
    health.failed(failure('ETIMEDOUT'));
    await vi.advanceTimersByTimeAsync(10);
    expect(probe).toHaveBeenCalledOnce();
    expect(() => health.check()).not.toThrow();
  });

  it('is denied at once, once it was asked in vain, until it answers', async () => {
    let answer = () => Promise.reject<void>(refused);
    const probe = vi.fn(() => answer());
    using health = new S3Health(probe);
    health.failed(refused);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(() => health.check()).toThrow('does not answer');
    expect(await health.problem()).toMatch(/^the object store does not answer: check that it runs/);
    expect(probe).toHaveBeenCalledTimes(4);
    answer = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(() => health.check()).not.toThrow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).toHaveBeenCalledTimes(5);
  });

  it('is denied when it hangs', async () => {
    using health = new S3Health(() => new Promise(() => undefined));
    health.failed(failure('ETIMEDOUT'));
    await vi.advanceTimersByTimeAsync(2_100);
    expect(() => health.check()).toThrow('does not answer');
  });

  it('is not denied when it answers something else', async () => {
    using health = new S3Health(() => Promise.reject(failure('AccessDenied')));
    health.failed(refused);
    await vi.advanceTimersByTimeAsync(10);
    expect(() => health.check()).not.toThrow();
    expect(await health.problem()).toMatch(/policy of the access key/);
  });

  it('is not asked when what failed is another matter', async () => {
    const probe = vi.fn(() => Promise.resolve());
    using health = new S3Health(probe);
    health.failed(failure('NoSuchKey'));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(probe).not.toHaveBeenCalled();
  });

  it('says that it is full, until something is taken or five minutes have passed', async () => {
    using health = new S3Health(() => Promise.resolve());
    health.failed(failure('QuotaExceeded'));
    expect(await health.problem()).toBe(
      'the object store has no space left (QuotaExceeded): free some, or raise the quota of the bucket',
    );
    health.wrote();
    expect(await health.problem()).toBeUndefined();
    health.failed(failure('XMinioStorageFull'));
    vi.setSystemTime(Date.now() + 300_001);
    expect(await health.problem()).toBeUndefined();
  });

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS/],
    ['NoSuchBucket', /make it again/],
    ['RequestTimeTooSkewed', /NTP/],
    ['InvalidAccessKeyId', /access key/],
    ['SignatureDoesNotMatch', /secret/],
    ['ENOTFOUND', /\(ENOTFOUND\): check that it runs/],
  ])('has words for %s', async (code, words) => {
    using health = new S3Health(() => Promise.reject(failure(code)));
    expect(await health.problem()).toMatch(words);
  });

  it('is not asked any more when it is closed', async () => {
    const probe = vi.fn(() => Promise.reject(refused));
    const health = new S3Health(probe);
    health.failed(refused);
    await vi.advanceTimersByTimeAsync(10);
    health[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(probe).toHaveBeenCalledOnce();
  });
});
