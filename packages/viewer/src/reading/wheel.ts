import { zoomedAt } from '../imaging/model/view.ts';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';

/** A notch of a mouse wheel is about 100 pixels; a touch pad sends many small ones. */
const NOTCH = 80;
const LINE = 40;

/** Scrolls by whole steps: a mouse wheel one a notch, a touch pad by the way the fingers went. */
export function createWheel(model: ReadingModel, viewport: ViewportModel): (event: WheelEvent) => void {
  let rest = 0;
  return (event) => {
    event.preventDefault();
    model.activeNumber.value = viewport.number;
    const way = event.deltaMode === 0 ? event.deltaY : event.deltaY * LINE;
    if (event.ctrlKey) {
      const { stage, view } = viewport;
      if (stage.value !== undefined) {
        view.value = zoomedAt(view.value, stage.value, Math.exp(-way / 300), { x: event.offsetX, y: event.offsetY });
      }
      return;
    }
    const notch = Math.abs(way) >= NOTCH;
    rest = notch ? 0 : rest + way;
    const steps = notch ? Math.sign(way) : Math.trunc(rest / (NOTCH / 2));
    rest -= notch ? 0 : steps * (NOTCH / 2);
    if (steps !== 0) {
      model.scroll(viewport, steps);
    }
  };
}
