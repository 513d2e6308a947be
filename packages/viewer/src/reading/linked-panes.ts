import { batch } from '@preact/signals';
import type { ImageFrame } from '../imaging/model/image-frame.ts';
import { followingIndex } from '../imaging/model/linked-scroll.ts';
import type { SeriesEntry } from './series-store.ts';
import type { ViewportModel } from './viewport-model.ts';

/** Where a viewport stood when it was linked. */
interface Anchor {
  readonly entry: SeriesEntry | undefined;
  readonly frame: ImageFrame | undefined;
}

/** Viewports that scroll together. */
export interface LinkedPanes {
  /** What stands beside what from now on is what is shown now. */
  anchor(viewports: readonly ViewportModel[]): void;
  /** Moves one viewport, and the others after it. */
  move(viewport: ViewportModel, index: number, others: readonly ViewportModel[]): void;
}

export function createLinkedPanes(): LinkedPanes {
  let anchors: ReadonlyMap<ViewportModel, Anchor> = new Map();
  const anchor = (viewports: readonly ViewportModel[]): void => {
    anchors = new Map(
      viewports.map((viewport) => [viewport, { entry: viewport.series.value, frame: viewport.frame.value }] as const),
    );
  };
  const holds = (viewport: ViewportModel): boolean => {
    const known = anchors.get(viewport);
    return known?.frame !== undefined && known.entry === viewport.series.value;
  };
  return {
    anchor,
    move: (viewport, index, others) =>
      batch(() => {
        const together = others.filter((other) => other !== viewport && other.frames.value.length > 0);
        // Another series was opened since, or its images have only come now: what is shown beside it is its counterpart.
        if (together.length > 0 && ![viewport, ...together].every(holds)) {
          anchor([viewport, ...together]);
        }
        const before = viewport.index.value;
        viewport.goTo(index);
        const { value: frame } = viewport.frame;
        const steps = viewport.index.value - before;
        if (frame === undefined || steps === 0) {
          return;
        }
        const from = anchors.get(viewport)?.frame;
        for (const other of together) {
          const to = anchors.get(other)?.frame;
          const pair = from === undefined || to === undefined ? undefined : { shown: from, other: to };
          other.goTo(followingIndex(frame, other.frames.value, other.index.value, steps, pair));
        }
      }),
  };
}
