import { effect } from '@preact/signals';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';

/** Runs the stack while the viewport plays; a frame that is not there yet is waited for, never skipped. */
export function runCine(model: ReadingModel, viewport: ViewportModel): () => void {
  return effect(() => {
    const { value: rate } = viewport.rate;
    if (!viewport.playing.value) {
      return;
    }
    let due = performance.now() + 1000 / rate;
    let handle = requestAnimationFrame(function step(now) {
      handle = requestAnimationFrame(step);
      const { value: frames } = viewport.frames;
      const next = frames[(viewport.index.peek() + 1) % Math.max(frames.length, 1)];
      if (
        now < due - 2 ||
        next === undefined ||
        !model.imaging.frames.has(next) ||
        viewport.shown.peek()?.frame !== viewport.frame.peek()
      ) {
        return;
      }
      // A late picture shifts the beat instead of being followed by a rush.
      due = Math.max(due + 1000 / rate, now);
      model.scroll(viewport, 1, true);
    });
    return () => cancelAnimationFrame(handle);
  });
}
