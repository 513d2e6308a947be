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
      if (now >= due - 2 && isReady(model, viewport)) {
        // A late picture shifts the beat instead of being followed by a rush.
        due = Math.max(due + 1000 / rate, now);
        model.scroll(viewport, 1, true);
      }
    });
    return () => cancelAnimationFrame(handle);
  });
}

/** The picture of now is on the screen, and the next one is here or will never come. */
function isReady({ imaging }: ReadingModel, { frames, frame, index, shown, failure }: ViewportModel): boolean {
  const next = frames.peek()[(index.peek() + 1) % Math.max(frames.peek().length, 1)];
  const settled = shown.peek()?.frame === frame.peek() || failure.peek() !== undefined;
  return settled && next !== undefined && (imaging.frames.has(next) || imaging.frames.hasFailed(next));
}
