import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';

/** Where in the stack one is; lighter where slices are already here. Dragging it goes there. */
export function Scrollbar({ model, viewport }: { readonly model: ReadingModel; readonly viewport: ViewportModel }): VNode | null {
  const track = useRef<HTMLDivElement>(null);
  const count = viewport.frames.value.length;
  if (count < 2) {
    return null;
  }
  const goTo = (event: PointerEvent): void => {
    const box = track.current?.getBoundingClientRect();
    if (box !== undefined && (event.buttons & 1) === 1) {
      model.goTo(viewport, Math.round(((event.clientY - box.top) / Math.max(box.height, 1)) * (count - 1)));
    }
  };
  const press = (event: PointerEvent): void => {
    event.stopPropagation();
    model.activeNumber.value = viewport.number;
    track.current?.setPointerCapture(event.pointerId);
    goTo(event);
  };
  const { value: index } = viewport.index;
  return (
    <div
      ref={track}
      class="scrollbar"
      role="scrollbar"
      tabIndex={-1}
      aria-label={t('reading.scrollbar')}
      aria-controls={`viewport-${viewport.number}`}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={index + 1}
      onPointerDown={press}
      onPointerMove={goTo}
    >
      <div class="scrollbar-loaded" style={{ background: loadedGradient(model, viewport) }} />
      <div class="scrollbar-thumb" style={{ top: `${(index / (count - 1)) * 100}%` }} />
    </div>
  );
}

/** Runs of loaded slices as stops of one gradient: one element however long the stack. */
function loadedGradient({ imaging }: ReadingModel, { frames }: ViewportModel): string {
  // Read so that the bar is drawn again as slices come.
  void imaging.frames.revision.value;
  const count = frames.value.length;
  const stops: string[] = [];
  let before = false;
  for (const [index, frame] of frames.value.entries()) {
    const here = imaging.frames.has(frame);
    if (index === 0 || here !== before) {
      const at = `${((index / count) * 100).toFixed(2)}%`;
      stops.push(...(index === 0 ? [] : [`${colour(before)} ${at}`]), `${colour(here)} ${at}`);
    }
    before = here;
  }
  stops.push(`${colour(before)} 100%`);
  return `linear-gradient(to bottom, ${stops.join(', ')})`;
}

function colour(loaded: boolean): string {
  return loaded ? 'var(--line-control)' : 'transparent';
}
