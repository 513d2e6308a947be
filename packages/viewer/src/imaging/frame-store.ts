import { type ReadonlySignal, signal } from '@preact/signals';
import type { ImageFrame } from './model/image-frame.ts';
import type { Picture } from './model/pixels.ts';

export interface FrameStore extends Disposable {
  /** Rises when pictures came or went; read it to be drawn again. */
  readonly revision: ReadonlySignal<number>;
  has(frame: ImageFrame): boolean;
  /** It was tried in the background, in vain. */
  hasFailed(frame: ImageFrame): boolean;
  /** Tries in the background what failed before: the network or the session is back. */
  retryFailed(): void;
  get(frame: ImageFrame): Picture | undefined;
  /** Loads a frame ahead of all others, or joins the load under way. */
  load(frame: ImageFrame): Promise<Picture>;
  /**
   * Frames to have ready for `owner`, most wanted first; replaces what it wanted before. What is on its way in the background and
   * far from what anybody wants now is given up: on a slow line it would take the room of what is looked at.
   */
  want(owner: object, frames: readonly ImageFrame[]): void;
}

export interface FrameStoreOptions {
  readonly fetchPicture: (frame: ImageFrame, signal: AbortSignal) => Promise<Picture>;
  readonly maxBytes: number;
  /** Loads in the background at one time; what is asked for by `load` comes on top. */
  readonly maxBackground: number;
}

/** With the memory full, only so many of the nearest frames still push out older ones; those on their way are not given up. */
const NEAR = 24;

/** A load nobody asked for by `load`, until somebody does. */
interface Background {
  readonly abort: AbortController;
  asked: boolean;
}

interface State {
  readonly pictures: Map<string, Picture>;
  readonly loads: Map<string, Promise<Picture>>;
  /** Tried in the background in vain: left to `load`, which reports it. */
  readonly failed: Set<string>;
  readonly wanted: Map<object, readonly ImageFrame[]>;
  readonly background: Map<string, Background>;
  bytes: number;
}

/** Decoded frames: a bounded cache, least recently used out first, filled in the background by what viewports want. */
export function createFrameStore(options: FrameStoreOptions): FrameStore {
  const state: State = {
    pictures: new Map(),
    loads: new Map(),
    failed: new Set(),
    wanted: new Map(),
    background: new Map(),
    bytes: 0,
  };
  const stop = new AbortController();
  const revision = signal(0);
  const keep = (picture: Picture): void => {
    put(state, picture, options.maxBytes);
    revision.value += 1;
  };
  const start = (frame: ImageFrame, abort: AbortSignal): Promise<Picture> => {
    const load = options.fetchPicture(frame, abort).finally(() => {
      if (state.loads.get(frame.id) === load) {
        state.loads.delete(frame.id);
      }
    });
    state.loads.set(frame.id, load);
    return load.then((picture) => {
      keep(picture);
      return picture;
    });
  };
  const pump = (): void => {
    while (state.background.size < options.maxBackground && !stop.signal.aborted) {
      const next = nextWanted(state, options.maxBytes);
      if (next === undefined) {
        return;
      }
      const load: Background = { abort: new AbortController(), asked: false };
      state.background.set(next.id, load);
      start(next, load.abort.signal)
        .catch(() => load.abort.signal.aborted || state.failed.add(next.id))
        .finally(() => {
          if (state.background.get(next.id) === load) {
            state.background.delete(next.id);
          }
          pump();
        });
    }
  };
  const asked = (frame: ImageFrame): Promise<Picture> => {
    const background = state.background.get(frame.id);
    if (background !== undefined) {
      background.asked = true;
    }
    return state.loads.get(frame.id) ?? start(frame, stop.signal);
  };
  return {
    revision,
    has: (frame) => state.pictures.has(frame.id),
    hasFailed: (frame) => state.failed.has(frame.id),
    retryFailed: () => {
      state.failed.clear();
      pump();
    },
    get: (frame) => touch(state, frame.id),
    load: async (frame) => touch(state, frame.id) ?? (await asked(frame)),
    want: (owner, frames) => {
      if (frames.length === 0) {
        state.wanted.delete(owner);
      } else {
        state.wanted.set(owner, frames);
      }
      giveUpFar(state);
      pump();
    },
    [Symbol.dispose]: () => {
      stop.abort();
      for (const { abort } of state.background.values()) {
        abort.abort();
      }
      state.pictures.clear();
      state.wanted.clear();
    },
  };
}

function touch(state: State, id: string): Picture | undefined {
  const picture = state.pictures.get(id);
  if (picture !== undefined) {
    state.pictures.delete(id);
    state.pictures.set(id, picture);
  }
  return picture;
}

function put(state: State, picture: Picture, maxBytes: number): void {
  const { id } = picture.frame;
  state.bytes += picture.values.byteLength - (state.pictures.get(id)?.values.byteLength ?? 0);
  state.pictures.delete(id);
  state.pictures.set(id, picture);
  state.failed.delete(id);
  for (const [oldId, old] of state.pictures) {
    if (state.bytes <= maxBytes || oldId === id) {
      return;
    }
    state.pictures.delete(oldId);
    state.bytes -= old.values.byteLength;
  }
}

/** Ends what is on its way and nobody wants soon. */
function giveUpFar(state: State): void {
  const near = new Set([...state.wanted.values()].flatMap((plan) => plan.slice(0, NEAR).map(({ id }) => id)));
  for (const [id, { abort, asked }] of state.background) {
    if (!asked && !near.has(id)) {
      state.background.delete(id);
      state.loads.delete(id);
      abort.abort();
    }
  }
}

/** The nearest missing frame over all owners, taking turns by rank. */
function nextWanted(state: State, maxBytes: number): ImageFrame | undefined {
  const reach = state.bytes < maxBytes * 0.9 ? Number.POSITIVE_INFINITY : NEAR;
  const plans = [...state.wanted.values()];
  const longest = Math.min(Math.max(0, ...plans.map((plan) => plan.length)), reach);
  for (let rank = 0; rank < longest; rank += 1) {
    for (const plan of plans) {
      const frame = plan[rank];
      if (frame !== undefined && !state.pictures.has(frame.id) && !state.loads.has(frame.id) && !state.failed.has(frame.id)) {
        return frame;
      }
    }
  }
  return undefined;
}
