import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { createFrameStore, type FrameStore } from './frame-store.ts';
import { frameOf, pictureOf } from './model/fixture.ts';
import type { ImageFrame } from './model/image-frame.ts';
import type { Picture } from './model/pixels.ts';

const frames = Array.from({ length: 60 }, (_, index) => frameOf({ [TAG.SOPInstanceUID]: `1.${index}` }));
const at = (index: number): ImageFrame => frames[index] ?? frameOf();
/** 12 pixels of 2 bytes. */
const BYTES = 24;

/** Loads that end when told to. */
function setUp(maxBytes = 1_000_000, maxBackground = 2) {
  const asked: string[] = [];
  const aborted: string[] = [];
  const ends = new Map<string, { readonly done: (picture: Picture) => void; readonly fail: (error: unknown) => void }>();
  const store: FrameStore = createFrameStore({
    fetchPicture: (frame, abort) =>
      new Promise((done, fail) => {
        asked.push(frame.sopInstanceUid);
        abort.addEventListener('abort', () => {
          aborted.push(frame.sopInstanceUid);
          fail(new Error('aborted'));
        });
        ends.set(frame.sopInstanceUid, { done, fail });
      }),
    maxBytes,
    maxBackground,
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  const finish = async (frame: ImageFrame) => {
    ends.get(frame.sopInstanceUid)?.done(pictureOf(frame, new Array<number>(12).fill(1)));
    await settle();
  };
  const fail = async (frame: ImageFrame) => {
    ends.get(frame.sopInstanceUid)?.fail(new Error('broken'));
    await settle();
  };
  return { store, asked, aborted, finish, fail, settle };
}

describe('the store of frames', () => {
  test('fetches a frame once, however often it is asked for', async () => {
    const { store, asked, finish } = setUp();
    const loads = [store.load(at(0)), store.load(at(0))];
    await finish(at(0));
    expect((await loads[0])?.frame).toBe((await loads[1])?.frame);
    await store.load(at(0));
    expect(asked).toEqual(['1.0']);
  });

  test('works through what is wanted, so many at a time', async () => {
    const { store, asked, finish } = setUp();
    store.want({}, [at(3), at(4), at(5)]);
    expect(asked).toEqual(['1.3', '1.4']);
    await finish(at(3));
    expect(asked).toEqual(['1.3', '1.4', '1.5']);
  });

  test('does not let what is wanted hold up what is asked for', () => {
    const { store, asked } = setUp();
    store.want({}, frames);
    void store.load(at(50));
    expect(asked.at(-1)).toBe('1.50');
  });

  test('serves two viewports in turns', async () => {
    const { store, asked, finish } = setUp(1_000_000, 1);
    store.want({}, [at(0), at(1)]);
    store.want({}, [at(10), at(11)]);
    for (const index of [0, 10, 1, 11]) {
      await finish(at(index));
    }
    expect(asked).toEqual(['1.0', '1.10', '1.1', '1.11']);
  });

  test('forgets the frames longest unused when the memory is full', async () => {
    const { store, finish } = setUp(BYTES * 2);
    for (const index of [0, 1]) {
      void store.load(at(index));
      await finish(at(index));
    }
    store.get(at(0));
    void store.load(at(2));
    await finish(at(2));
    expect([0, 1, 2].map((index) => store.has(at(index)))).toEqual([true, false, true]);
  });

  test('with the memory full fetches the near frames only, and comes to an end', async () => {
    const { store, asked, finish } = setUp(BYTES * 30, 1);
    store.want({}, frames);
    for (let round = 0; round < 200; round += 1) {
      const last = asked.at(-1);
      const frame = frames.find(({ sopInstanceUid }) => sopInstanceUid === last);
      if (frame === undefined || store.has(frame)) {
        break;
      }
      await finish(frame);
    }
    expect(asked.length).toBeLessThan(40);
  });

  test('tells a failure to whoever asked, and leaves the frame alone in the background', async () => {
    const { store, asked, fail } = setUp();
    store.want({}, [at(0)]);
    await fail(at(0));
    expect(asked).toEqual(['1.0']);
    expect(store.hasFailed(at(0))).toBe(true);
    const again = expect(store.load(at(0))).rejects.toThrow('broken');
    await fail(at(0));
    await again;
  });

  test('tries what failed once more when told to', async () => {
    const { store, asked, fail } = setUp();
    store.want({}, [at(0)]);
    await fail(at(0));
    store.retryFailed();
    expect(asked).toEqual(['1.0', '1.0']);
  });

  test('gives up what is on its way when it has become far, and fetches it when it is near again', async () => {
    const { store, asked, aborted, settle } = setUp();
    const viewport = {};
    store.want(viewport, frames);
    store.want(viewport, frames.slice(1));
    expect(aborted).toEqual(['1.0']);
    store.want(viewport, frames.toReversed());
    await settle();
    expect(aborted).toEqual(['1.0', '1.1', '1.2']);
    expect(asked).toEqual(['1.0', '1.1', '1.2', '1.59', '1.58']);
    expect(store.hasFailed(at(0))).toBe(false);
    store.want(viewport, frames);
    await settle();
    expect(asked.slice(-2)).toEqual(['1.0', '1.1']);
  });

  test('does not give up what was asked for, nor what another viewport wants', () => {
    const { store, aborted } = setUp();
    const viewport = {};
    store.want(viewport, frames);
    store.want({}, [at(1)]);
    void store.load(at(0));
    store.want(viewport, [at(50)]);
    expect(aborted).toEqual([]);
  });

  test('ends all of it when it is closed', () => {
    const { store, aborted } = setUp();
    store.want({}, frames);
    store.load(at(50)).catch(() => undefined);
    store[Symbol.dispose]();
    expect(aborted.toSorted()).toEqual(['1.0', '1.1', '1.50']);
  });

  test('says that something came', async () => {
    const { store, finish } = setUp();
    const before = store.revision.value;
    void store.load(at(0));
    await finish(at(0));
    expect(store.revision.value).toBeGreaterThan(before);
  });
});
