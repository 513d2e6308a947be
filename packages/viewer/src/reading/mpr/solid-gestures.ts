import type { Solid } from './solid-model.ts';

/** Degrees by a pixel: half the width of a pane turns it once around. */
const DEGREES = 0.6;

/** Left or one finger turns; middle, right or with Shift moves; the wheel zooms. Gives back how to stop. */
export function followHand(element: HTMLDivElement, { pane }: Solid): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  let held: number | undefined;
  let [x, y] = [0, 0];
  const down = (event: PointerEvent): void => {
    if (held === undefined) {
      held = event.pointerId;
      [x, y] = [event.clientX, event.clientY];
      element.setPointerCapture(event.pointerId);
      pane.value?.hurry(true);
    }
  };
  const moved = (event: PointerEvent): void => {
    if (event.pointerId !== held) {
      return;
    }
    const [dx, dy] = [event.clientX - x, event.clientY - y];
    [x, y] = [event.clientX, event.clientY];
    if (event.shiftKey || (event.buttons & 1) === 0) {
      pane.value?.move(dx, dy);
    } else {
      pane.value?.turn(dx * DEGREES, -dy * DEGREES);
    }
  };
  const up = (event: PointerEvent): void => {
    if (event.pointerId === held) {
      held = undefined;
      pane.value?.hurry(false);
    }
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    pane.value?.zoom(Math.exp((event.deltaMode === 0 ? -event.deltaY : -event.deltaY * 40) / 600));
  };
  element.addEventListener('pointerdown', down, { signal });
  element.addEventListener('pointermove', moved, { signal });
  element.addEventListener('pointerup', up, { signal });
  element.addEventListener('pointercancel', up, { signal });
  // NOTE: not passive, or the page would scroll along.
  element.addEventListener('wheel', wheel, { passive: false, signal });
  return () => abort.abort();
}
