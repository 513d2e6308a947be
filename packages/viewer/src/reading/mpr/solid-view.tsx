import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { toast } from '../../design/toast.tsx';
import { t } from '../../i18n/index.ts';
import { isReduced } from '../../imaging/model/volume-plan.ts';
import type { MprPanes } from '../../imaging/mpr.ts';
import type { SolidPane } from '../../imaging/solid.ts';
import type { Volume } from '../../imaging/volume.ts';
import { faultText } from '../fault-text.ts';
import type { ViewportModel } from '../viewport-model.ts';
import { Letters } from './mpr-pane.tsx';
import { SolidBar } from './solid-bar.tsx';
import { followHand } from './solid-gestures.ts';
import type { Solid } from './solid-model.ts';
import { unitOf } from './value-text.ts';

export interface SolidViewProps {
  readonly solid: Solid;
  readonly panes: MprPanes;
  readonly viewport: ViewportModel;
  readonly volume: Volume;
}

/** The volume from outside, with what it is seen by and what is cut off. */
export function SolidView({ solid, panes, viewport, volume }: SolidViewProps): VNode {
  const pixels = useRef<HTMLDivElement>(null);
  useEffect(() => (pixels.current === null ? undefined : show(solid, panes, viewport, pixels.current)), [solid, panes, viewport]);
  const view = solid.pane.value?.view.value;
  return (
    <div class="mpr-solid">
      <SolidBar solid={solid} unit={unitOf(volume.geometry)} />
      <section
        class="viewport mpr-pane"
        aria-label={t('solid.open')}
        data-pane="solid"
        data-mm-per-pixel={view?.mmPerPixel.toFixed(5)}
        onContextMenu={(event) => event.preventDefault()}
      >
        <div ref={pixels} class="viewport-pixels solid-pixels" />
        {view !== undefined && <Letters view={view} />}
        <div class="corner corner-bottomLeft">
          {isReduced(volume.plan) && (
            <div class="mpr-reduced">{t('mpr.reduced', { dimensions: volume.plan.dimensions.join(' × ') })}</div>
          )}
          <div>{t('solid.notMeasured')}</div>
        </div>
      </section>
    </div>
  );
}

function show(solid: Solid, panes: MprPanes, { grey }: ViewportModel, element: HTMLDivElement): () => void {
  let gone = false;
  let pane: SolidPane | undefined;
  const stop = followHand(element, solid);
  // The sliders for cutting take room from this pane alone.
  const observer = new ResizeObserver(() => panes.resize());
  panes.showSolid(element, { preset: solid.preset, crop: solid.crop, grey }).then(
    (made) => {
      if (gone) {
        made[Symbol.dispose]();
      } else {
        pane = made;
        solid.pane.value = made;
        observer.observe(element);
      }
    },
    (error: unknown) => {
      if (!gone) {
        toast('failure', t('solid.failed', { reason: faultText(error) }));
        solid.isOpen.value = false;
      }
    },
  );
  return () => {
    gone = true;
    stop();
    observer.disconnect();
    solid.pane.value = undefined;
    pane?.[Symbol.dispose]();
  };
}
