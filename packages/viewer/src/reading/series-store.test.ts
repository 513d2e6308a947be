import { TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dataSet, slice } from '../imaging/model/fixture.ts';
import { createSeriesEntry, type SeriesContent } from './series-store.ts';
import type { SeriesInfo } from './study-client.ts';

const info: SeriesInfo = {
  seriesInstanceUid: '2',
  number: 1,
  modality: 'CT',
  description: '',
  instanceCount: 2,
  frameCount: 2,
  rows: 3,
  firstInstanceUid: '1.1',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};
const entry = (more: Partial<SeriesInfo> = {}) =>
  createSeriesEntry('1', { ...info, ...more }, new AbortController().signal, onSignedOut);
const onSignedOut = vi.fn();
const answer = (instances: unknown, status = 200) =>
  vi.stubGlobal(
    'fetch',
    async () =>
      new Response(typeof instances === 'string' ? instances : JSON.stringify(instances), {
        status,
        headers: { 'Content-Type': 'application/dicom+json' },
      }),
  );
const ready = (content: SeriesContent) => (content.phase === 'ready' ? content : { frames: [], unshown: [] });

beforeEach(() => vi.stubGlobal('location', { href: 'http://viewer/view' }));
afterEach(() => vi.unstubAllGlobals());

describe('a series', () => {
  test('tells when the session is over', async () => {
    answer('', 401);
    await entry().load();
    expect(onSignedOut).toHaveBeenCalledOnce();
  });

  test('has its frames in order, and what is no picture beside them', async () => {
    answer([
      slice({ [TAG.SOPInstanceUID]: '1.2', [TAG.ImagePositionPatient]: [0, 0, 5], [TAG.InstanceNumber]: 2 }),
      slice({ [TAG.SOPInstanceUID]: '1.1', [TAG.ImagePositionPatient]: [0, 0, 0], [TAG.InstanceNumber]: 1 }),
      dataSet({ [TAG.SOPInstanceUID]: '1.9', [TAG.SOPClassUID]: '1.2.840.10008.5.1.4.1.1.88.11' }),
    ]);
    const series = entry();
    await series.load();
    const { frames, unshown } = ready(series.content.value);
    expect(frames.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['1.1', '1.2']);
    expect(unshown).toMatchObject([{ sopInstanceUid: '1.9', reason: 'no-pixels' }]);
  });

  test('of a video has no frames to decode', async () => {
    answer([slice()]);
    const series = entry({ transferSyntaxUid: '1.2.840.10008.1.2.4.102' });
    await series.load();
    expect(ready(series.content.value)).toMatchObject({ frames: [], unshown: [{ reason: 'video' }] });
  });

  test('is loaded once, and once more after a failure', async () => {
    answer('', 503);
    const series = entry();
    await series.load();
    expect(series.content.value.phase).toBe('failed');
    answer([slice()]);
    await series.load();
    expect(series.content.value.phase).toBe('ready');
    answer('', 500);
    await series.load();
    expect(series.content.value.phase).toBe('ready');
  });

  test.each(['not JSON', '{"no":"list"}', '[1]'])('fails on the answer %j, and says so', async (body) => {
    answer(body);
    const series = entry();
    await series.load();
    expect(series.content.value).toMatchObject({ phase: 'failed' });
  });
});
