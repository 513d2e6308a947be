import { TAG } from '@filmless/dicom';
import { signal } from '@preact/signals';
import { describe, expect, test } from 'vitest';
import { createFrameStore } from '../imaging/frame-store.ts';
import { frameOf, pictureOf } from '../imaging/model/fixture.ts';
import type { ImageFrame } from '../imaging/model/image-frame.ts';
import type { Picture } from '../imaging/model/pixels.ts';
import type { SeriesContent, SeriesEntry } from './series-store.ts';
import { createViewportModel } from './viewport-model.ts';

const frames = Array.from({ length: 5 }, (_, index) => frameOf({ [TAG.SOPInstanceUID]: `1.${index}`, [TAG.FrameTime]: 40 }));
const info = {
  seriesInstanceUid: '2',
  number: 1,
  modality: 'CT',
  description: '',
  instanceCount: 5,
  frameCount: 5,
  rows: 3,
  firstInstanceUid: '1.0',
  sopClassUid: '',
  transferSyntaxUid: null,
};

function setUp() {
  const ends = new Map<string, { readonly done: (picture: Picture) => void; readonly fail: (error: unknown) => void }>();
  const store = createFrameStore({
    fetchPicture: (frame) => new Promise((done, fail) => ends.set(frame.sopInstanceUid, { done, fail })),
    maxBytes: 1_000_000,
    maxBackground: 0,
  });
  const content = signal<SeriesContent>({ phase: 'ready', frames, unshown: [] });
  const entry: SeriesEntry = { studyInstanceUid: '1', info, content, load: async () => undefined };
  const viewport = createViewportModel(1, store);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  const finish = async (index: number) => {
    const frame = frames[index];
    ends.get(`1.${index}`)?.done(pictureOf(frame ?? frameOf(), new Array<number>(12).fill(index)));
    await settle();
  };
  const fail = async (index: number) => {
    ends.get(`1.${index}`)?.fail(new Error('broken'));
    await settle();
  };
  return { viewport, entry, content, finish, fail, asked: ends };
}

const uidOf = (frame: ImageFrame | undefined) => frame?.sopInstanceUid;

describe('a viewport', () => {
  test('shows the first frame of an opened series as soon as it is here', async () => {
    const { viewport, entry, finish } = setUp();
    viewport.open(entry);
    expect(viewport.shown.value).toBeUndefined();
    await finish(0);
    expect(uidOf(viewport.shown.value?.frame)).toBe('1.0');
  });

  test('of the series that is opened again begins anew with its picture, and is not left empty', async () => {
    const { viewport, entry, finish } = setUp();
    viewport.open(entry);
    await finish(0);
    viewport.open(entry);
    expect(uidOf(viewport.shown.value?.frame)).toBe('1.0');
    viewport.goTo(3);
    await finish(3);
    viewport.open(entry);
    expect([viewport.index.value, uidOf(viewport.shown.value?.frame)]).toEqual([0, '1.0']);
  });

  test('keeps the picture before while the next one loads', async () => {
    const { viewport, entry, finish } = setUp();
    viewport.open(entry);
    await finish(0);
    viewport.goTo(3);
    expect(uidOf(viewport.frame.value)).toBe('1.3');
    expect(uidOf(viewport.shown.value?.frame)).toBe('1.0');
    await finish(3);
    expect(uidOf(viewport.shown.value?.frame)).toBe('1.3');
  });

  test('skips the frames a fast scroll passed', async () => {
    const { viewport, entry, finish, asked } = setUp();
    viewport.open(entry);
    for (const index of [1, 2, 3, 4]) {
      viewport.goTo(index);
    }
    await finish(0);
    await finish(4);
    expect([...asked.keys()]).toEqual(['1.0', '1.4']);
    expect(uidOf(viewport.shown.value?.frame)).toBe('1.4');
  });

  test('shows no other picture in place of one that failed', async () => {
    const { viewport, entry, finish, fail } = setUp();
    viewport.open(entry);
    await finish(0);
    viewport.goTo(1);
    await fail(1);
    expect(viewport.shown.value).toBeUndefined();
    expect(viewport.failure.value).toBeInstanceOf(Error);
    viewport.goTo(0);
    expect(viewport.failure.value).toBeUndefined();
    expect(uidOf(viewport.shown.value?.frame)).toBe('1.0');
  });

  test('tries a failed frame again when told to', async () => {
    const { viewport, entry, finish, fail } = setUp();
    viewport.open(entry);
    await fail(0);
    viewport.retry();
    await finish(0);
    expect(uidOf(viewport.shown.value?.frame)).toBe('1.0');
  });

  test('stays inside the stack', () => {
    const { viewport, entry } = setUp();
    viewport.open(entry);
    viewport.goTo(99);
    expect(viewport.index.value).toBe(4);
    viewport.goTo(-99);
    expect(viewport.index.value).toBe(0);
  });

  test('keeps a chosen window through the stack, and the default is that of each image', async () => {
    const { viewport, entry, finish } = setUp();
    viewport.open(entry);
    await finish(0);
    expect(viewport.grey.value?.window).toMatchObject({ center: 40, width: 400 });
    viewport.chosenGrey.value = { window: { center: -600, width: 1500, shape: 'linear' } };
    viewport.goTo(1);
    await finish(1);
    expect(viewport.grey.value?.window.center).toBe(-600);
    viewport.reset();
    expect(viewport.grey.value?.window.center).toBe(40);
  });

  test('starts a new series from the beginning, as it is', async () => {
    const { viewport, entry, finish } = setUp();
    viewport.open(entry);
    await finish(0);
    viewport.goTo(2);
    viewport.inverted.value = true;
    viewport.view.value = { ...viewport.view.value, zoom: 3 };
    viewport.open({ ...entry });
    expect([viewport.index.value, viewport.inverted.value, viewport.view.value.zoom]).toEqual([0, false, 1]);
  });

  test('runs a cine at the recorded rate', () => {
    const { viewport, entry } = setUp();
    viewport.open(entry);
    expect(viewport.rate.value).toBe(25);
  });
});
