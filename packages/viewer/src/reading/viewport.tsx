import { effect } from '@preact/signals';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { toScreen } from '../imaging/model/view.ts';
import type { Surface } from '../imaging/surface.ts';
import type { Gestures } from '../imaging/tools.ts';
import { runCine } from './cine.ts';
import { MeasurementWords } from './measurement-words.tsx';
import { OpeningPreview } from './opening-preview.tsx';
import { createGestures, createPointerControl } from './pointer.ts';
import type { ReadingModel } from './reading-model.ts';
import { Scrollbar } from './scrollbar.tsx';
import { DRAG_TYPE, seriesName } from './series-button.tsx';
import { StudyMark, studyMarkOf } from './study-mark.tsx';
import type { ViewportModel } from './viewport-model.ts';
import { ViewportNotice } from './viewport-notice.tsx';
import { LoadingText, ViewportTexts } from './viewport-texts.tsx';
import { createWheel } from './wheel.ts';

export interface ViewportProps {
  readonly model: ReadingModel;
  readonly viewport: ViewportModel;
}

/** One place for pictures. Attributes beginning with `data-` say what it shows, for tests and for support. */
export function Viewport({ model, viewport }: ViewportProps): VNode {
  const element = useRef<HTMLElement>(null);
  const pixels = useRef<HTMLDivElement>(null);
  const gestures = useMemo(() => createGestures(model, viewport), [model, viewport]);
  const pointer = useMemo(() => createPointerControl(model, viewport, gestures), [model, viewport, gestures]);
  const { value: drawing } = model.imaging.drawing;
  useEffect(
    () => (pixels.current === null ? undefined : drawOn(pixels.current, model, viewport, gestures)),
    [model, viewport, gestures, drawing],
  );
  useEffect(() => runCine(model, viewport), [model, viewport]);
  useEffect(() => {
    const wheel = createWheel(model, viewport);
    const target = element.current;
    // NOTE: not passive, or the page would scroll along.
    target?.addEventListener('wheel', wheel, { passive: false });
    return () => target?.removeEventListener('wheel', wheel);
  }, [model, viewport]);
  const active = model.active.value === viewport;
  const { value: entry } = viewport.series;
  const name = entry === undefined ? undefined : seriesName(entry.info);
  const mark = studyMarkOf(model, viewport);
  return (
    <section
      ref={element}
      id={`viewport-${viewport.number}`}
      class={`viewport${active ? ' viewport-active' : ''}${mark === undefined ? '' : ' viewport-marked'}`}
      aria-label={
        name === undefined
          ? t('reading.viewport', { number: viewport.number })
          : [t('reading.viewportOf', { number: viewport.number, series: name }), mark?.text].filter(Boolean).join('. ')
      }
      aria-current={active}
      {...pointer}
      onContextMenu={(event) => event.preventDefault()}
      onDblClick={() => toggleSingle(model, viewport)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => dropped(event, model, viewport)}
      {...facts(model, viewport)}
    >
      <OpeningPreview model={model} viewport={viewport} />
      <div ref={pixels} class={`viewport-pixels cursor-${model.tools.tool.value}`} key={drawing.generation} />
      {viewport.failure.value === undefined && <MeasurementWords model={model} viewport={viewport} />}
      {model.overlay.value && <ViewportTexts viewport={viewport} />}
      <StudyMark mark={mark} />
      <LoadingText viewport={viewport} />
      <div class="viewport-notice">
        <ViewportNotice model={model} viewport={viewport} study={entry?.studyInstanceUid ?? model.studyInstanceUid} />
      </div>
      <Scrollbar model={model} viewport={viewport} />
    </section>
  );
}

function facts(
  { imaging, smooth }: ReadingModel,
  viewport: ViewportModel,
): Readonly<Record<`data-${string}`, string | number | boolean | undefined>> {
  const window = viewport.grey.value?.window;
  return {
    'data-viewport': viewport.number,
    'data-study': viewport.series.value?.studyInstanceUid,
    'data-series': viewport.series.value?.info.seriesInstanceUid,
    'data-image-index': viewport.index.value,
    'data-image-count': viewport.frames.value.length,
    'data-shown-frame': viewport.shown.value?.frame.id,
    'data-shown-index':
      viewport.shown.value === undefined ? undefined : viewport.frames.value.indexOf(viewport.shown.value.frame),
    'data-window': window === undefined ? undefined : `${round(window.center)}/${round(window.width)}`,
    'data-zoom': round(viewport.view.value.zoom),
    'data-turns': viewport.view.value.turns,
    'data-mirrored': viewport.view.value.mirrored,
    'data-inverted': viewport.inverted.value,
    'data-playing': viewport.playing.value,
    'data-picture': place(viewport),
    'data-smooth': smooth.value,
    'data-backend': imaging.drawing.value.backend,
  };
}

/** Columns and rows of the picture; then left, top, width and height it takes on the screen, from the corner of its pane, unturned. */
function place({ shown, stage, view }: ViewportModel): string | undefined {
  if (shown.value === undefined || stage.value === undefined) {
    return undefined;
  }
  const { columns, rows } = shown.value;
  const first = toScreen(view.value, stage.value, { x: -0.5, y: -0.5 });
  const last = toScreen(view.value, stage.value, { x: columns - 0.5, y: rows - 0.5 });
  return [columns, rows, first.x, first.y, last.x - first.x, last.y - first.y].map(round).join(' ');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Draws whatever the model says, at most once a screen refresh; says on the element which frame was drawn last. */
function drawOn(element: HTMLElement, model: ReadingModel, viewport: ViewportModel, gestures: Gestures): () => void {
  const surface = model.imaging.createSurface(element, gestures);
  const observer = new ResizeObserver(() => {
    surface.resize();
    viewport.size.value = { width: element.clientWidth, height: element.clientHeight };
  });
  observer.observe(element);
  viewport.size.value = { width: element.clientWidth, height: element.clientHeight };
  let handle = 0;
  const stop = effect(() => {
    const draw = nextDrawing(surface, element, viewport, model.smooth.value);
    cancelAnimationFrame(handle);
    handle = requestAnimationFrame(draw);
  });
  return () => {
    stop();
    cancelAnimationFrame(handle);
    observer.disconnect();
    surface[Symbol.dispose]();
  };
}

function nextDrawing(surface: Surface, element: HTMLElement, viewport: ViewportModel, smooth: boolean): () => void {
  const picture = viewport.shown.value;
  const grey = viewport.grey.value;
  const view = viewport.view.value;
  const inverted = viewport.inverted.value;
  const stack = viewport.frames.value;
  const { width, height } = viewport.size.value;
  return () => {
    if (picture === undefined || grey === undefined || width === 0 || height === 0) {
      surface.clear();
      delete element.dataset.renderedFrame;
    } else {
      surface.draw({ picture, stack, grey, view, inverted, smooth });
      element.dataset.renderedFrame = picture.frame.id;
    }
  };
}

function toggleSingle({ single, activeNumber, layout }: ReadingModel, viewport: ViewportModel): void {
  activeNumber.value = viewport.number;
  if (layout.value.rows * layout.value.columns > 1) {
    single.value = single.value === undefined ? viewport.number : undefined;
  }
}

function dropped(event: DragEvent, model: ReadingModel, viewport: ViewportModel): void {
  event.preventDefault();
  const uid = event.dataTransfer?.getData(DRAG_TYPE);
  const entry = model.entries.value.find(({ info }) => info.seriesInstanceUid === uid);
  if (entry !== undefined) {
    model.open(viewport, entry);
  }
}
