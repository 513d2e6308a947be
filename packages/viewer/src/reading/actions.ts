import {
  Axis3d,
  Circle,
  CircleHelp,
  Contrast,
  Expand,
  FlipHorizontal2,
  FlipVertical2,
  Fullscreen,
  Grid3x3,
  Hand,
  HeartPulse,
  History,
  Info,
  Lasso,
  Link2,
  List,
  type LucideIcon,
  Move,
  PanelLeft,
  Pause,
  Play,
  RectangleHorizontal,
  RotateCcw,
  RotateCw,
  Ruler,
  Scan,
  ScrollText,
  SquareTerminal,
  SunMoon,
  Tangent,
  Undo2,
  ZoomIn,
  ZoomOut,
} from 'lucide-preact';
import { FITTED, flipped, onPixelGrid, turned, type View, zoomedAt, zoomForScale } from '../imaging/model/view.ts';
import type { Tool, VolumeTool } from '../imaging/tools.ts';
import type { Action } from './action.ts';
import { EXPORT_ACTIONS } from './export/export-actions.ts';
import { HANGING_ACTIONS, hangingOfKey } from './hanging/hanging-actions.ts';
import { holderOf } from './key-map.ts';
import type { KeyName } from './keys.ts';
import { LAYOUT_ACTIONS } from './layout-actions.ts';
import { withVolumes } from './mpr/mpr-actions.ts';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';
import { WINDOW_ACTIONS } from './window-actions.ts';

const hasPicture = ({ active }: ReadingModel): boolean => active.value.shown.value !== undefined;
const hasFrames = ({ active }: ReadingModel): boolean => active.value.frames.value.length > 1;

/** Cornerstone's tools need the graphics card; until it is known whether there is one, a tool may be chosen. */
const canMeasure = ({ imaging }: ReadingModel): boolean => imaging.drawing.value.backend !== 'cpu';

function tool(id: Exclude<Tool, VolumeTool>, group: 'tool' | 'measure', icon: LucideIcon, key: KeyName, inMenu = false): Action {
  return {
    id,
    group,
    label: `reading.${id}`,
    icon,
    inMenu,
    keys: [key],
    run: ({ tools }) => {
      tools.tool.value = id;
    },
    isOn: ({ tools }) => tools.tool.value === id,
    ...(group === 'measure' ? { isPossible: canMeasure } : {}),
  };
}

function view(
  id: 'rotateRight' | 'rotateLeft' | 'flipHorizontal' | 'flipVertical' | 'fit',
  icon: LucideIcon,
  key: KeyName,
  change: (old: View) => View,
  inMenu = false,
): Action {
  return {
    id,
    group: 'view',
    label: `reading.${id}`,
    icon,
    inMenu,
    keys: [key],
    run: ({ active }) => {
      active.value.view.value = change(active.value.view.value);
    },
    isPossible: hasPicture,
  };
}

function scroll(
  id: 'nextImage' | 'previousImage' | 'nextPage' | 'previousPage' | 'firstImage' | 'lastImage',
  keys: readonly KeyName[],
  steps: number,
): Action {
  return {
    id,
    group: 'scroll',
    label: `reading.${id}`,
    keys,
    run: (model) => model.scroll(model.active.value, steps),
    isPossible: hasFrames,
  };
}

const PAGE = 10;
const ALL = 1_000_000;

export const ACTIONS: readonly Action[] = withVolumes([
  tool('window', 'tool', Contrast, 'w'),
  tool('scroll', 'tool', ScrollText, 's'),
  tool('pan', 'tool', Hand, 'p'),
  tool('zoom', 'tool', ZoomIn, 'z'),
  tool('length', 'measure', Ruler, 'l'),
  tool('bidirectional', 'measure', Move, 'Shift+l', true),
  tool('angle', 'measure', Axis3d, 'a'),
  tool('cobb', 'measure', Tangent, 'Shift+a', true),
  tool('cardiothoracic', 'measure', HeartPulse, 'Shift+c', true),
  tool('ellipse', 'measure', Circle, 'e'),
  tool('rectangle', 'measure', RectangleHorizontal, 'r'),
  tool('freehand', 'measure', Lasso, 'Shift+e', true),
  view('fit', Expand, 'f', (old) => ({ ...old, zoom: 1, center: FITTED.center })),
  {
    id: 'actualSize',
    group: 'view',
    label: 'reading.actualSize',
    icon: Scan,
    inMenu: true,
    keys: ['o'],
    run: ({ active }) => showActualSize(active.value),
    isPossible: hasPicture,
  },
  toggle('smooth', Grid3x3, 'q', ({ smooth }) => smooth, true),
  { ...zoomBy('zoomIn', ['+', '=', 'Shift+='], 1.25), icon: ZoomIn, inMenu: true },
  { ...zoomBy('zoomOut', ['-', 'Shift+-'], 0.8), icon: ZoomOut, inMenu: true },
  view('rotateRight', RotateCw, '.', (old) => turned(old, 1)),
  view('rotateLeft', RotateCcw, ',', (old) => turned(old, -1), true),
  view('flipHorizontal', FlipHorizontal2, 'h', (old) => flipped(old, 'horizontal')),
  view('flipVertical', FlipVertical2, 'v', (old) => flipped(old, 'vertical'), true),
  {
    id: 'invert',
    group: 'view',
    label: 'reading.invert',
    icon: SunMoon,
    keys: ['i'],
    run: ({ active }) => {
      active.value.inverted.value = !active.value.inverted.value;
    },
    isOn: ({ active }) => active.value.inverted.value,
    isPossible: hasPicture,
  },
  {
    id: 'reset',
    group: 'view',
    label: 'reading.reset',
    icon: Undo2,
    keys: ['0'],
    run: ({ active }) => active.value.reset(),
    isPossible: hasPicture,
  },
  {
    id: 'cine',
    group: 'scroll',
    label: 'reading.cine',
    icon: Play,
    keys: ['Space'],
    run: ({ active }) => {
      active.value.playing.value = !active.value.playing.value;
    },
    isOn: ({ active }) => active.value.playing.value,
    isPossible: hasFrames,
  },
  scroll('nextImage', ['ArrowDown', 'ArrowRight'], 1),
  scroll('previousImage', ['ArrowUp', 'ArrowLeft'], -1),
  scroll('nextPage', ['PageDown'], PAGE),
  scroll('previousPage', ['PageUp'], -PAGE),
  scroll('firstImage', ['Home'], -ALL),
  scroll('lastImage', ['End'], ALL),
  { id: 'nextSeries', group: 'scroll', label: 'reading.nextSeries', keys: ['n'], run: (model) => openNeighbour(model, 1) },
  {
    id: 'previousSeries',
    group: 'scroll',
    label: 'reading.previousSeries',
    keys: ['b'],
    run: (model) => openNeighbour(model, -1),
  },
  { id: 'nextViewport', group: 'page', label: 'reading.nextViewport', keys: ['x'], run: nextViewport },
  {
    id: 'linked',
    group: 'page',
    label: 'reading.linked',
    icon: Link2,
    keys: ['k'],
    run: ({ linked }) => {
      linked.value = !linked.value;
    },
    isOn: ({ linked }) => linked.value,
    isPossible: ({ visible }) => visible.value.length > 1,
  },
  toggle('overlay', Info, 't', ({ overlay }) => overlay),
  toggle('measurements', List, 'm', ({ measurementPanel }) => measurementPanel),
  toggle('toggleSeries', PanelLeft, 'g', ({ seriesPanel }) => seriesPanel, true),
  {
    id: 'fullScreen',
    group: 'page',
    label: 'reading.fullScreen',
    icon: Fullscreen,
    inMenu: true,
    keys: ['u'],
    run: () => void toggleFullScreen(),
    isPossible: () => typeof document !== 'undefined' && document.fullscreenEnabled,
  },
  {
    id: 'deleteMeasurement',
    group: 'measure',
    label: 'reading.deleteMeasurement',
    keys: ['Delete', 'Backspace'],
    run: ({ tools: { marks } }) => marks.selected.value !== undefined && marks.remove(marks.selected.value),
    isPossible: ({ tools: { marks } }) => marks.selected.value !== undefined,
  },
  { id: 'cancelDrawing', group: 'measure', label: 'reading.cancelDrawing', keys: ['Escape'], run: cancel },
  toggle('shortcuts', CircleHelp, '?', ({ shortcuts }) => shortcuts, true),
  {
    id: 'palette',
    group: 'page',
    label: 'keys.palette',
    icon: SquareTerminal,
    inMenu: true,
    keys: ['/'],
    run: ({ palette }) => {
      palette.value = true;
    },
  },
  {
    id: 'comparePrior',
    group: 'hang',
    label: 'priors.comparePrior',
    icon: History,
    inMenu: true,
    keys: ['c'],
    run: (model) => {
      const all = model.priors.all.value ?? [];
      const closest = all.find(({ relation }) => relation !== 'later') ?? all[0];
      if (closest !== undefined) {
        void model.openPrior(closest);
      }
    },
    isPossible: ({ priors }) => (priors.all.value?.length ?? 0) > 0,
  },
  ...EXPORT_ACTIONS,
  ...HANGING_ACTIONS,
  ...LAYOUT_ACTIONS,
  ...WINDOW_ACTIONS,
]);

/** The icon of the moment: playing shows how to stop. */
export function iconOf(action: Action, on: boolean): LucideIcon | undefined {
  return action.id === 'cine' && on ? Pause : action.icon;
}

/** Why the action of a key cannot be done now, where that is worth a sentence. */
export function obstacleOfKey(name: KeyName, model: ReadingModel): string | undefined {
  const action = holderOf(name, ACTIONS, model.keys.value);
  return action?.isPossible?.(model) === false ? action.whyNot?.(model) : undefined;
}

/** The action of a key, when it can be done now. */
export function actionOfKey(name: KeyName, model: ReadingModel): Action | undefined {
  const action = holderOf(name, ACTIONS, model.keys.value) ?? hangingOfKey(name, model);
  return action === undefined || action.isPossible?.(model) === false ? undefined : action;
}

function toggle(
  id: 'overlay' | 'measurements' | 'toggleSeries' | 'shortcuts' | 'smooth',
  icon: LucideIcon,
  key: KeyName,
  of: (model: ReadingModel) => { value: boolean },
  inMenu = false,
): Action {
  return {
    id,
    group: 'page',
    label: `reading.${id}`,
    icon,
    inMenu,
    keys: [key],
    run: (model) => {
      of(model).value = !of(model).value;
    },
    isOn: (model) => of(model).value,
  };
}

function zoomBy(id: 'zoomIn' | 'zoomOut', keys: readonly KeyName[], factor: number): Action {
  return {
    id,
    group: 'view',
    label: `reading.${id}`,
    keys,
    run: ({ active }) => {
      const { view: shown, stage } = active.value;
      if (stage.value !== undefined) {
        shown.value = zoomedAt(shown.value, stage.value, factor, { x: stage.value.width / 2, y: stage.value.height / 2 });
      }
    },
    isPossible: hasPicture,
  };
}

function showActualSize({ view: shown, stage }: ViewportModel): void {
  if (stage.value !== undefined) {
    const dense = globalThis.devicePixelRatio || 1;
    const sized = { ...shown.value, zoom: zoomForScale(shown.value, stage.value, 1 / dense) };
    shown.value = onPixelGrid(sized, stage.value, dense);
  }
}

function openNeighbour(model: ReadingModel, step: 1 | -1): void {
  const { active, entries, studyInstanceUid } = model;
  const { value: current } = active.value.series;
  const study = current?.studyInstanceUid ?? studyInstanceUid;
  const series = entries.value.filter((entry) => entry.studyInstanceUid === study);
  const at = current === undefined ? -1 : series.indexOf(current);
  const next = series[at + step];
  if (next !== undefined) {
    model.open(active.value, next);
  }
}

function nextViewport({ visible, active, activeNumber }: ReadingModel): void {
  const at = visible.value.indexOf(active.value);
  activeNumber.value = visible.value[(at + 1) % visible.value.length]?.number ?? activeNumber.value;
}

function cancel({ imaging, tools: { marks }, single }: ReadingModel): void {
  if (imaging.cancelDrawing()) {
    return;
  }
  if (marks.selected.value !== undefined) {
    marks.selected.value = undefined;
  } else {
    single.value = undefined;
  }
}

async function toggleFullScreen(): Promise<void> {
  try {
    await (document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen());
  } catch {
    // The browser may refuse; the page stays as it is, which is seen at once.
  }
}
