import type { RefObject, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { lettersOf } from '../../imaging/model/edge-directions.ts';
import { isReduced } from '../../imaging/model/volume-plan.ts';
import type { MprAxis, PaneView } from '../../imaging/mpr.ts';
import type { Volume } from '../../imaging/volume.ts';
import { amount } from '../finding-text.ts';
import { corners } from '../overlay-text.ts';
import type { ReadingModel } from '../reading-model.ts';
import type { ViewportModel } from '../viewport-model.ts';
import { directionText } from '../viewport-texts.tsx';
import { createMprWheel } from './mpr-gestures.ts';
import { scaleBar } from './scale-bar.ts';

export interface MprPaneProps {
  readonly model: ReadingModel;
  readonly viewport: ViewportModel;
  readonly volume: Volume;
  readonly axis: MprAxis;
  readonly pixels: RefObject<HTMLDivElement | null>;
}

/** One plane through the volume, with its directions, its scale and whose it is. */
export function MprPane({ model, viewport, volume, axis, pixels }: MprPaneProps): VNode {
  const element = useRef<HTMLElement>(null);
  const { mpr, tools } = model;
  useEffect(() => {
    const wheel = createMprWheel(mpr, axis);
    const target = element.current;
    // NOTE: not passive, or the page would scroll along.
    target?.addEventListener('wheel', wheel, { passive: false });
    return () => target?.removeEventListener('wheel', wheel);
  }, [mpr, axis]);
  const view = mpr.panes.value?.views.value?.[axis];
  const active = mpr.axis.value === axis;
  return (
    <section
      ref={element}
      class={`viewport mpr-pane mpr-${axis}${active ? ' viewport-active' : ''}`}
      aria-label={t(`mpr.${axis}`)}
      aria-current={active}
      data-pane={axis}
      data-mm-per-pixel={view?.mmPerPixel.toFixed(5)}
      onPointerDown={() => {
        mpr.axis.value = axis;
      }}
      onContextMenu={(event) => event.preventDefault()}
    >
      <div ref={pixels} class={`viewport-pixels cursor-${tools.tool.value}`} />
      {view !== undefined && <Letters view={view} />}
      {model.overlay.value && (
        <>
          <div class="corner corner-topLeft">{axis === 'axial' && personLines(viewport)}</div>
          <div class="corner corner-topRight mpr-name">
            <div>{t(`mpr.${axis}`)}</div>
            <SlabText model={model} />
          </div>
          <div class="corner corner-bottomRight">{axis === 'axial' && windowLine(viewport)}</div>
        </>
      )}
      <div class="corner corner-bottomLeft">
        {isReduced(volume.plan) && (
          <div class="mpr-reduced" data-reduced>
            {t('mpr.reduced', { dimensions: volume.plan.dimensions.join(' × ') })}
          </div>
        )}
        {view !== undefined && <ScaleBar view={view} width={element.current?.clientWidth ?? 0} />}
      </div>
    </section>
  );
}

/** Left and right are never hidden with the rest of the texts. */
export function Letters({ view }: { readonly view: PaneView }): VNode {
  const letters = lettersOf(view.directions);
  return (
    <>
      {(['top', 'right', 'bottom', 'left'] as const).map((edge) => (
        <div key={edge} class={`edge edge-${edge}`} data-edge={edge} title={directionText(letters[edge])}>
          {letters[edge]}
        </div>
      ))}
    </>
  );
}

function SlabText({ model: { mpr } }: { readonly model: ReadingModel }): VNode | null {
  const { mode, thickness } = mpr.slab.value;
  return thickness === 0 ? null : <div>{t('mpr.slabText', { mode: t(`mpr.${mode}`), thickness: amount(thickness, 0) })}</div>;
}

function ScaleBar({ view, width }: { readonly view: PaneView; readonly width: number }): VNode {
  const { mm, pixels } = scaleBar(view.mmPerPixel, width);
  return (
    <div
      class="mpr-scale"
      data-scale-mm={mm}
      style={{ width: `${pixels}px` }}
      role="img"
      aria-label={t('mpr.scale', { length: mm })}
    >
      {mm} mm
    </div>
  );
}

function linesOf(viewport: ViewportModel, corner: 'topLeft' | 'bottomRight'): readonly string[] {
  const { value: picture } = viewport.shown;
  const { value: grey } = viewport.grey;
  return picture === undefined || grey === undefined
    ? []
    : corners({ frame: picture.frame, index: 0, count: viewport.frames.value.length, grey, scale: 1 })[corner];
}

function personLines(viewport: ViewportModel): readonly VNode[] {
  return linesOf(viewport, 'topLeft').map((line) => <div key={line}>{line}</div>);
}

/** The zoom in percent of a stack means nothing here: the scale does. */
function windowLine(viewport: ViewportModel): readonly VNode[] {
  return linesOf(viewport, 'bottomRight')
    .slice(0, -1)
    .map((line) => <div key={line}>{line}</div>);
}
