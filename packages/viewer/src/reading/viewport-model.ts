import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { FrameStore } from '../imaging/frame-store.ts';
import { chestWall, type PaneEdge, wallAt } from '../imaging/model/chest-wall.ts';
import { limitRate, recordedRate } from '../imaging/model/frame-rate.ts';
import type { ImageFrame } from '../imaging/model/image-frame.ts';
import type { Picture } from '../imaging/model/pixels.ts';
import { prefetchOrder } from '../imaging/model/prefetch.ts';
import { FITTED, type Stage, type View } from '../imaging/model/view.ts';
import type { GreyScale } from '../imaging/model/windows.ts';
import { defaultGrey } from './grey-choices.ts';
import type { SeriesEntry } from './series-store.ts';

/** One viewport: what it shows and how. Everything on the screen follows from these signals. */
export interface ViewportModel {
  readonly number: number;
  readonly series: ReadonlySignal<SeriesEntry | undefined>;
  readonly frames: ReadonlySignal<readonly ImageFrame[]>;
  readonly index: ReadonlySignal<number>;
  readonly frame: ReadonlySignal<ImageFrame | undefined>;
  /** The picture on the screen: that of `frame`, or the one before it while it loads. */
  readonly shown: ReadonlySignal<Picture | undefined>;
  readonly failure: ReadonlySignal<unknown>;
  readonly view: Signal<View>;
  /** The chosen window; undefined is the default of each image. */
  readonly chosenGrey: Signal<GreyScale | undefined>;
  readonly grey: ReadonlySignal<GreyScale | undefined>;
  readonly inverted: Signal<boolean>;
  /** The edge at which a mammogram's chest wall stands, where it was hung so. */
  readonly wall: Signal<PaneEdge | undefined>;
  readonly size: Signal<{ readonly width: number; readonly height: number }>;
  readonly stage: ReadonlySignal<Stage | undefined>;
  readonly playing: Signal<boolean>;
  readonly rate: Signal<number>;
  readonly recordedRate: ReadonlySignal<number | undefined>;
  open(series: SeriesEntry | undefined): void;
  goTo(index: number): void;
  retry(): void;
  reset(): void;
  dispose(): void;
}

const DEFAULT_RATE = 15;

export function createViewportModel(number: number, store: FrameStore): ViewportModel {
  const state = createState();
  const loader = createLoader(store, state.shown, state.failure);
  const owner = {};
  const waiting = computed(() => state.shown.value === undefined && state.failure.value === undefined);
  const stops = [
    effect(() => loader.show(state.frame.value)),
    effect(() => store.want(owner, wantedFrames(state, waiting.value))),
    effect(() => standAtWall(state)),
    effect(() => {
      state.rate.value = limitRate(state.recordedRate.value ?? DEFAULT_RATE);
    }),
  ];
  return {
    number,
    ...state,
    open: (series) => openSeries(state, series),
    goTo: (index) => goTo(state, index),
    retry: () => {
      state.failure.value = undefined;
      store.retryFailed();
      void state.series.value?.load();
      loader.show(state.frame.value);
    },
    reset: () => reset(state),
    dispose: () => {
      for (const stop of stops) {
        stop();
      }
      store.want(owner, []);
      loader.show(undefined);
    },
  };
}

type State = ReturnType<typeof createState>;

function createState() {
  const series = signal<SeriesEntry | undefined>(undefined);
  const index = signal(0);
  const shown = signal<Picture | undefined>(undefined);
  const chosenGrey = signal<GreyScale | undefined>(undefined);
  const size = signal({ width: 0, height: 0 });
  const frames = computed<readonly ImageFrame[]>(() => {
    const content = series.value?.content.value;
    return content?.phase === 'ready' ? content.frames : [];
  });
  const frame = computed(() => frames.value[Math.min(index.value, frames.value.length - 1)]);
  return {
    series,
    index,
    direction: signal<1 | -1>(1),
    shown,
    failure: signal<unknown>(undefined),
    view: signal<View>(FITTED),
    chosenGrey,
    grey: computed(() => chosenGrey.value ?? (shown.value === undefined ? undefined : defaultGrey(shown.value))),
    inverted: signal(false),
    wall: signal<PaneEdge | undefined>(undefined),
    size,
    stage: computed(() => stageOf(shown.value, size.value)),
    playing: signal(false),
    rate: signal(DEFAULT_RATE),
    frames,
    frame,
    recordedRate: computed(() => (frame.value === undefined ? undefined : recordedRate(frame.value.dataSet))),
  };
}

function openSeries(state: State, series: SeriesEntry | undefined): void {
  batch(() => {
    state.playing.value = false;
    // NOTE: of the series that is shown already the picture stays: its first frame is none that would be loaded anew.
    if (series === undefined || state.series.value !== series) {
      state.shown.value = undefined;
      state.failure.value = undefined;
    }
    state.series.value = series;
    state.index.value = 0;
    state.wall.value = undefined;
    reset(state);
    void series?.load();
  });
}

function goTo(state: State, index: number): void {
  batch(() => {
    const to = Math.min(Math.max(index, 0), Math.max(state.frames.value.length - 1, 0));
    state.direction.value = to < state.index.value ? -1 : 1;
    state.index.value = to;
  });
}

function reset(state: State): void {
  batch(() => {
    state.view.value = FITTED;
    state.chosenGrey.value = undefined;
    state.inverted.value = false;
    standAtWall(state);
  });
}

/** Again whenever the pane gets another size or another picture. */
function standAtWall({ wall, stage, shown, view }: State): void {
  const { value: edge } = wall;
  const { value: room } = stage;
  const side = shown.value === undefined ? undefined : chestWall(shown.value.frame.dataSet);
  if (edge !== undefined && room !== undefined && side !== undefined) {
    view.value = wallAt(view.peek(), room, side, edge);
  }
}

function stageOf(
  picture: Picture | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): Stage | undefined {
  return picture === undefined || width === 0 || height === 0
    ? undefined
    : { columns: picture.columns, rows: picture.rows, spacing: picture.frame.displaySpacing, width, height };
}

/** Nothing is fetched beside the first image of a series: the others would take its line and the processor that shows it. */
function wantedFrames(state: State, waiting: boolean): readonly ImageFrame[] {
  const frames = state.frames.value;
  const order = prefetchOrder(frames.length, state.index.value, state.direction.value);
  return (waiting ? order.slice(0, 1) : order).flatMap((at) => frames[at] ?? []);
}

interface Loader {
  show(frame: ImageFrame | undefined): void;
}

/** Loads the frame last asked for: a fast scroll over missing frames asks for one at a time, and skips those it passed. */
function createLoader(store: FrameStore, shown: Signal<Picture | undefined>, failure: Signal<unknown>): Loader {
  let wanted: ImageFrame | undefined;
  let busy = false;
  const settle = (frame: ImageFrame, picture: Picture | undefined, error: unknown): void => {
    busy = false;
    if (wanted === frame) {
      batch(() => {
        shown.value = picture;
        failure.value = error;
      });
    } else {
      next();
    }
  };
  const next = (): void => {
    const frame = wanted;
    const ready = frame === undefined ? undefined : store.get(frame);
    if (frame !== undefined && ready === undefined && !busy) {
      busy = true;
      store.load(frame).then(
        (picture) => settle(frame, picture, undefined),
        (error: unknown) => settle(frame, undefined, error),
      );
    } else if (ready !== undefined) {
      batch(() => {
        shown.value = ready;
        failure.value = undefined;
      });
    }
  };
  return {
    show: (frame) => {
      wanted = frame;
      next();
    },
  };
}
