import { draggedWindow } from '../../imaging/model/windows.ts';
import type { MprAxis } from '../../imaging/mpr.ts';
import type { DragTool } from '../../imaging/tools.ts';
import type { ViewportModel } from '../viewport-model.ts';
import type { Mpr } from './mpr-model.ts';

/** Screen pixels of a drag that make one step through the volume. */
const SCROLL_STEP = 6;
const NOTCH = 80;
const LINE = 40;

/** What drags on panes do that Cornerstone leaves to the page: the window is that of the series, one for all panes. */
export function createMprDrag(mpr: Mpr, { grey, chosenGrey, shown }: ViewportModel) {
  let rest = 0;
  return (axis: MprAxis, tool: DragTool, dx: number, dy: number): void => {
    if (tool === 'window' && grey.value !== undefined) {
      const whole = !(shown.value?.values instanceof Float32Array);
      chosenGrey.value = { ...grey.value, window: draggedWindow(grey.value.window, dx, dy, whole) };
    } else if (tool === 'scroll') {
      const steps = Math.trunc((rest + dy) / SCROLL_STEP);
      rest += dy - steps * SCROLL_STEP;
      if (steps !== 0) {
        mpr.panes.value?.scroll(axis, steps);
      }
    }
  };
}

/** A notch of the wheel is a step through the pane under it; with Ctrl it zooms all. */
export function createMprWheel(mpr: Mpr, axis: MprAxis): (event: WheelEvent) => void {
  let rest = 0;
  return (event) => {
    event.preventDefault();
    mpr.axis.value = axis;
    const way = event.deltaMode === 0 ? event.deltaY : event.deltaY * LINE;
    if (event.ctrlKey) {
      mpr.panes.value?.zoom(Math.exp(-way / 300));
      return;
    }
    const notch = Math.abs(way) >= NOTCH;
    rest = notch ? 0 : rest + way;
    const steps = notch ? Math.sign(way) : Math.trunc(rest / (NOTCH / 2));
    rest -= notch ? 0 : steps * (NOTCH / 2);
    if (steps !== 0) {
      mpr.panes.value?.scroll(axis, steps);
    }
  };
}
