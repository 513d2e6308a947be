import { Box, Crosshair, Pipette, Rotate3d } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import type { Action } from '../action.ts';
import type { ReadingModel } from '../reading-model.ts';
import type { Mpr } from './mpr-model.ts';

const isClosed = ({ state }: Mpr): boolean => state.value.phase === 'closed';
const isOpen = ({ mpr }: ReadingModel): boolean => !isClosed(mpr);

function whyNoVolume({ mpr }: ReadingModel): string | undefined {
  const { value: reason } = mpr.obstacle;
  return reason === undefined ? undefined : t('mpr.cannot', { reason });
}

const MPR_ACTIONS: readonly Action[] = [
  {
    id: 'mpr',
    group: 'page',
    label: 'mpr.open',
    icon: Box,
    keys: ['d'],
    run: ({ mpr }) => (isClosed(mpr) ? void mpr.open() : mpr.close()),
    isOn: isOpen,
    isPossible: ({ mpr }) => !isClosed(mpr) || mpr.obstacle.value === undefined,
    whyNot: whyNoVolume,
  },
  {
    id: 'solid',
    group: 'page',
    label: 'solid.open',
    icon: Rotate3d,
    inMenu: true,
    keys: ['Shift+d'],
    run: ({ mpr }) => {
      const { isOpen: shown } = mpr.solid;
      if (isClosed(mpr)) {
        void mpr.open();
        shown.value = true;
      } else {
        shown.value = !shown.value;
      }
    },
    isOn: (model) => isOpen(model) && model.mpr.solid.isOpen.value,
    isPossible: ({ mpr }) => !isClosed(mpr) || mpr.obstacle.value === undefined,
    whyNot: whyNoVolume,
  },
  {
    id: 'crosshair',
    group: 'tool',
    label: 'mpr.crosshair',
    icon: Crosshair,
    inMenu: true,
    keys: ['y'],
    run: ({ tools }) => {
      tools.tool.value = 'crosshair';
    },
    isOn: ({ tools }) => tools.tool.value === 'crosshair',
    isPossible: isOpen,
  },
  {
    id: 'probe',
    group: 'measure',
    label: 'mpr.probe',
    icon: Pipette,
    inMenu: true,
    keys: ['Shift+y'],
    run: ({ tools }) => {
      tools.tool.value = 'probe';
    },
    isOn: ({ tools }) => tools.tool.value === 'probe',
    isPossible: isOpen,
  },
];

type VolumeRun = 'same' | ((mpr: Mpr) => void);

const PAGE = 10;
const ALL = 1_000_000;
const scroll =
  (steps: number): VolumeRun =>
  ({ panes, axis }) =>
    panes.value?.scroll(axis.value, steps);
const zoom =
  (factor: number): VolumeRun =>
  ({ panes }) =>
    panes.value?.zoom(factor);

/** What actions do on the panes of a volume; those that are not named here do nothing there, and say so. */
const ON_VOLUMES: Readonly<Record<string, VolumeRun>> = {
  mpr: 'same',
  solid: 'same',
  crosshair: 'same',
  probe: 'same',
  window: 'same',
  scroll: 'same',
  pan: 'same',
  zoom: 'same',
  length: 'same',
  invert: 'same',
  overlay: 'same',
  toggleSeries: 'same',
  shortcuts: 'same',
  palette: 'same',
  fullScreen: 'same',
  nextSeries: 'same',
  previousSeries: 'same',
  fit: ({ panes }) => panes.value?.reset(),
  reset: ({ panes }) => panes.value?.reset(),
  zoomIn: zoom(1.25),
  zoomOut: zoom(0.8),
  nextImage: scroll(1),
  previousImage: scroll(-1),
  nextPage: scroll(PAGE),
  previousPage: scroll(-PAGE),
  firstImage: scroll(-ALL),
  lastImage: scroll(ALL),
  cancelDrawing: (mpr) => {
    if (mpr.panes.value?.cancelDrawing() !== true) {
      mpr.close();
    }
  },
};

function onVolumes({ id, group }: Action): VolumeRun | undefined {
  return group === 'window' ? 'same' : ON_VOLUMES[id];
}

/** Actions as they work on stacks and, where a volume is shown, on its panes. */
export function withVolumes(actions: readonly Action[]): readonly Action[] {
  return [...actions, ...MPR_ACTIONS].map((action) => ({
    ...action,
    run: (model) => {
      const own = isOpen(model) ? onVolumes(action) : 'same';
      if (typeof own === 'function') {
        own(model.mpr);
      } else if (own === 'same') {
        action.run(model);
      }
    },
    isPossible: (model) => {
      const own = isOpen(model) ? onVolumes(action) : 'same';
      return typeof own === 'function' || (own === 'same' && action.isPossible?.(model) !== false);
    },
  }));
}
