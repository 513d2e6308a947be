import { batch, computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import type { Imaging } from '../../imaging/imaging.ts';
import { dot, type Vector3 } from '../../imaging/model/geometry.ts';
import { judgeVolume, type VolumeGeometry, type VolumeProblem } from '../../imaging/model/volume-geometry.ts';
import { planVolume } from '../../imaging/model/volume-plan.ts';
import type { MprAxis, MprPanes, Slab } from '../../imaging/mpr.ts';
import type { Tool } from '../../imaging/tools.ts';
import { loadVolume, type Volume } from '../../imaging/volume.ts';
import type { ViewportModel } from '../viewport-model.ts';
import { problemText } from './mpr-reason.ts';
import { createSolid, type Solid } from './solid-model.ts';
import { unitOf } from './value-text.ts';

type MprState =
  | { readonly phase: 'closed' }
  | { readonly phase: 'loading'; readonly viewport: ViewportModel; readonly done: number; readonly total: number }
  | { readonly phase: 'failed'; readonly viewport: ViewportModel; readonly error: unknown }
  | { readonly phase: 'open'; readonly viewport: ViewportModel; readonly volume: Volume };

/** A series as a volume: its window and its series are those of the viewport it was opened from. */
export interface Mpr {
  readonly state: ReadonlySignal<MprState>;
  /** Why the series of the active viewport cannot be shown so, in words; undefined when it can. */
  readonly obstacle: ReadonlySignal<string | undefined>;
  readonly slab: Signal<Slab>;
  /** The pane that keys scroll. */
  readonly axis: Signal<MprAxis>;
  readonly panes: Signal<MprPanes | undefined>;
  readonly solid: Solid;
  open(): Promise<void>;
  /** Back to the stack, at the slice of the crosshairs. */
  close(): void;
  fail(error: unknown): void;
  dispose(): void;
}

export interface MprOptions {
  readonly imaging: Imaging;
  readonly active: ReadonlySignal<ViewportModel>;
  readonly tool: Signal<Tool>;
}

const THIN: Slab = { mode: 'mip', thickness: 0 };

export function createMpr({ imaging, active, tool }: MprOptions): Mpr {
  const state = signal<MprState>({ phase: 'closed' });
  const slab = signal<Slab>(THIN);
  const panes = signal<MprPanes | undefined>(undefined);
  const axis = signal<MprAxis>('axial');
  const solid = createSolid();
  const judged = computed(() => judgeActive(active.value));
  const obstacle = computed(() => obstacleOf(imaging, judged.value));
  const borrowed = borrowTool(tool);
  let abort = new AbortController();
  let openedFor: unknown;
  const leave = (): void => {
    abort.abort();
    batch(() => {
      state.value = { phase: 'closed' };
      borrowed.giveBack();
    });
  };
  const open = async (): Promise<void> => {
    const { value: viewport } = active;
    const { value: geometry } = judged;
    if (state.value.phase !== 'closed' || geometry?.kind !== 'volume' || obstacle.value !== undefined) {
      return;
    }
    openedFor = viewport.series.value;
    abort = new AbortController();
    batch(() => {
      viewport.playing.value = false;
      slab.value = THIN;
      axis.value = 'axial';
      solid.start(unitOf(geometry));
      borrowed.take();
    });
    await fill({ state, viewport, geometry, imaging, signal: abort.signal });
  };
  // Another series, or another viewport, was chosen: what is chosen is what is shown.
  const stop = onSeries(active, (entry) => {
    if (state.value.phase !== 'closed' && openedFor !== entry) {
      leave();
    }
  });
  const close = (): void => {
    const { value: now } = state;
    const center = panes.value?.center.value;
    batch(() => {
      leave();
      if (now.phase === 'open' && center !== undefined) {
        goToPlace(now.viewport, now.volume.geometry, center);
      }
    });
  };
  const fail = (error: unknown): void => failOpen(state, error);
  const dispose = (): void => {
    stop();
    abort.abort();
  };
  return { state, obstacle, slab, axis, panes, solid, open, close, fail, dispose };
}

function failOpen(state: Signal<MprState>, error: unknown): void {
  const { value: now } = state;
  if (now.phase === 'open') {
    state.value = { phase: 'failed', viewport: now.viewport, error };
  }
}

function onSeries(active: ReadonlySignal<ViewportModel>, act: (entry: unknown) => void): () => void {
  return effect(() => {
    const { value: entry } = active.value.series;
    untracked(() => act(entry));
  });
}

/** The crosshairs are the tool while planes are shown; then that of before is again, unless another was chosen. */
function borrowTool(tool: Signal<Tool>): { take(): void; giveBack(): void } {
  let before: Tool | undefined;
  return {
    take: () => {
      before = tool.value;
      tool.value = 'crosshair';
    },
    giveBack: () => {
      if (before !== undefined && (tool.value === 'crosshair' || tool.value === 'probe')) {
        tool.value = before;
      }
      before = undefined;
    },
  };
}

interface Filling {
  readonly state: Signal<MprState>;
  readonly viewport: ViewportModel;
  readonly geometry: VolumeGeometry;
  readonly imaging: Imaging;
  readonly signal: AbortSignal;
}

async function fill({ state, viewport, geometry, imaging, signal: own }: Filling): Promise<void> {
  const total = geometry.frames.length;
  const onProgress = (done: number): void => {
    if (!own.aborted) {
      state.value = { phase: 'loading', viewport, done, total };
    }
  };
  onProgress(0);
  try {
    const plan = planVolume(geometry, imaging.volumeLimit);
    const load = imaging.frames.load.bind(imaging.frames);
    const volume = await loadVolume({ geometry, plan, load, onProgress, signal: own });
    if (!own.aborted) {
      state.value = { phase: 'open', viewport, volume };
    }
  } catch (error) {
    if (!own.aborted) {
      state.value = { phase: 'failed', viewport, error };
    }
  }
}

function judgeActive({ frames }: ViewportModel): VolumeGeometry | VolumeProblem | undefined {
  return frames.value.length === 0 ? undefined : judgeVolume(frames.value);
}

function obstacleOf({ drawing }: Imaging, judged: VolumeGeometry | VolumeProblem | undefined): string | undefined {
  if (judged === undefined) {
    return t('mpr.notReady');
  }
  if (judged.kind !== 'volume') {
    return problemText(judged);
  }
  return drawing.value.backend === 'cpu' ? t('mpr.noGraphics') : undefined;
}

/** The slice of the stack that is nearest to a point. */
function goToPlace(viewport: ViewportModel, { frames, origin, stacking, spacing }: VolumeGeometry, point: Vector3): void {
  const height = dot([point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]], stacking);
  const at = Math.min(Math.max(Math.round(height / spacing[2]), 0), frames.length - 1);
  const frame = frames[at];
  const index = frame === undefined ? -1 : viewport.frames.value.indexOf(frame);
  if (index >= 0) {
    viewport.goTo(index);
  }
}
