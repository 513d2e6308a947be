import { expect, it, vi } from 'vitest';
import { ApiError } from '../api/client.ts';
import { dicomFile } from './dicom-fixture.ts';
import { type Given, givenFiles } from './given.ts';
import { problemWords } from './problem-words.ts';
import type { Transport, TransportAnswer } from './transport.ts';
import { createUploads, type Uploads } from './uploads.ts';

const file = (uid: string): File => new File([dicomFile(uid)], `${uid}.dcm`);
const given = (...uids: readonly string[]): AsyncIterable<Given> => givenFiles(uids.map(file));

const answer = (stored: readonly string[], failed: readonly string[], status = 200): TransportAnswer => ({
  status,
  body: JSON.stringify({
    '00081199': { vr: 'SQ', Value: stored.map((uid) => ({ '00081155': { vr: 'UI', Value: [uid] } })) },
    '00081198': {
      vr: 'SQ',
      Value: failed.map((uid) => ({ '00081155': { vr: 'UI', Value: [uid] }, '00081197': { vr: 'US', Value: [0xa900] } })),
    },
  }),
});

const finished = (uploads: Uploads) => vi.waitFor(() => expect(uploads.phase.value).not.toBe('running'));

it('counts what was stored and names what was not, with the reason', async () => {
  const transport: Transport = ({ onProgress, body }) => {
    onProgress(body.size);
    return Promise.resolve(answer(['1.1'], ['1.2'], 202));
  };
  const uploads = createUploads(() => undefined, transport);
  uploads.add(given('1.1', '1.2'));
  await finished(uploads);
  expect(uploads.counts.value).toMatchObject({ found: 2, stored: 1, failed: 1, conflict: 0, skipped: 0 });
  expect(uploads.sentBytes.value).toBe(uploads.counts.value.foundBytes);
  expect(uploads.problems.value.map((problem) => [problem.path, problemWords(problem)])).toEqual([
    ['1.2.dcm', 'Nội dung không khớp loại ảnh đã khai.'],
  ]);
});

it('sends what failed again, and only that', async () => {
  const bodies: number[] = [];
  const transport: Transport = ({ body }) => {
    bodies.push(body.size);
    return Promise.resolve(bodies.length === 1 ? answer(['1.1'], ['1.2']) : answer(['1.2'], []));
  };
  const uploads = createUploads(() => undefined, transport);
  uploads.add(given('1.1', '1.2'));
  await finished(uploads);
  expect(uploads.retriable.value).toBe(1);
  uploads.retry();
  await finished(uploads);
  expect(uploads.counts.value).toMatchObject({ found: 2, stored: 2, failed: 0 });
  expect(uploads.problems.value).toEqual([]);
  expect(bodies[1]).toBeLessThan(bodies[0] ?? 0);
});

it('tells the session when it is over', async () => {
  const signedOut = vi.fn();
  const uploads = createUploads(signedOut, () =>
    Promise.resolve({ status: 401, body: '{"title":"x","status":401,"detail":"Sign in"}' }),
  );
  uploads.add(given('1.1'));
  await finished(uploads);
  expect(signedOut).toHaveBeenCalled();
  expect(uploads.counts.value.failed).toBe(1);
});

it('tries again when the line is lost for a moment', async () => {
  vi.useFakeTimers();
  try {
    let calls = 0;
    const transport: Transport = () => {
      calls += 1;
      return calls < 3 ? Promise.reject(new ApiError(0, 'no answer')) : Promise.resolve(answer(['1.1'], []));
    };
    const uploads = createUploads(() => undefined, transport);
    uploads.add(given('1.1'));
    await vi.waitFor(() => expect(calls).toBe(1));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(calls).toBe(2);
    await vi.advanceTimersByTimeAsync(8_000);
    expect([calls, uploads.counts.value.stored]).toEqual([3, 1]);
  } finally {
    vi.useRealTimers();
  }
});

it('stops at once when it is cancelled', async () => {
  let aborted = false;
  const transport: Transport = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(signal.reason);
      });
    });
  const uploads = createUploads(() => undefined, transport);
  uploads.add(given('1.1'));
  await vi.waitFor(() => expect(uploads.counts.value.found).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 20));
  uploads.cancel();
  expect([aborted, uploads.phase.value]).toEqual([true, 'cancelled']);
});

it('sends files that the answer does not name once more, each alone, instead of guessing', async () => {
  const bare = (name: string) =>
    new File([Uint8Array.from([8, 0, 5, 0, 0x43, 0x53, 10, 0, ...new TextEncoder().encode('ISO_IR 100')])], name);
  let requests = 0;
  const transport: Transport = async ({ body }) => {
    requests += 1;
    const parts = (await body.text()).split('Content-Type').length - 1;
    if (parts === 3) {
      return answer(['1.1', '1.7'], ['1.8'], 202);
    }
    return requests === 2 ? answer(['1.7'], []) : answer([], ['1.8'], 409);
  };
  const uploads = createUploads(() => undefined, transport);
  uploads.add(givenFiles([file('1.1'), bare('kept.dcm'), bare('refused.dcm')]));
  await finished(uploads);
  expect(requests).toBe(3);
  expect(uploads.counts.value).toMatchObject({ stored: 2, failed: 1 });
  expect(uploads.problems.value.map(({ path }) => path)).toEqual(['refused.dcm']);
});

it('gives two files that claim the same instance their own outcomes', async () => {
  const transport: Transport = () =>
    Promise.resolve({
      status: 202,
      body: JSON.stringify({
        '00081199': {
          vr: 'SQ',
          Value: [
            { '00081155': { vr: 'UI', Value: ['1.1'] } },
            { '00081155': { vr: 'UI', Value: ['1.1'] }, '00081196': { vr: 'US', Value: [0xb000] } },
          ],
        },
      }),
    });
  const uploads = createUploads(() => undefined, transport);
  uploads.add(given('1.1', '1.1'));
  await finished(uploads);
  expect(uploads.counts.value).toMatchObject({ stored: 1, conflict: 1, failed: 0 });
});
