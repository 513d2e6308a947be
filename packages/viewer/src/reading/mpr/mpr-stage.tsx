import './mpr.css';
import { ImageOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { Button } from '../../design/button.tsx';
import { Empty } from '../../design/status.tsx';
import { toast } from '../../design/toast.tsx';
import { t } from '../../i18n/index.ts';
import { MPR_AXES, type MprAxis, type MprPanes } from '../../imaging/mpr.ts';
import type { Volume } from '../../imaging/volume.ts';
import { faultText } from '../fault-text.ts';
import { amount } from '../finding-text.ts';
import type { ReadingModel } from '../reading-model.ts';
import type { ViewportModel } from '../viewport-model.ts';
import { MprBar } from './mpr-bar.tsx';
import { createMprDrag } from './mpr-gestures.ts';
import { MprPane } from './mpr-pane.tsx';
import { SolidView } from './solid-view.tsx';
import { valueText } from './value-text.ts';

/** In the place of the viewports: a volume coming, or its three planes. */
export function MprStage({ model }: { readonly model: ReadingModel }): VNode | null {
  const { value: state } = model.mpr.state;
  switch (state.phase) {
    case 'closed':
      return null;
    case 'loading':
      return <Loading model={model} done={state.done} total={state.total} />;
    case 'failed':
      return (
        <div class="mpr-wait">
          <Empty icon={ImageOff} title={t('mpr.failed')} text={faultText(state.error)}>
            <Button onClick={() => model.mpr.close()}>{t('mpr.leave')}</Button>
          </Empty>
        </div>
      );
    case 'open':
      return <Planes model={model} viewport={state.viewport} volume={state.volume} />;
  }
}

function Loading({ model, done, total }: { readonly model: ReadingModel; readonly done: number; readonly total: number }): VNode {
  const text = t('mpr.loading', { done, total });
  return (
    <div class="mpr-wait" data-mpr="loading">
      <div role="status">{text}</div>
      <progress value={done} max={total} aria-label={text} />
      <Button small onClick={() => model.mpr.close()}>
        {t('mpr.cancel')}
      </Button>
    </div>
  );
}

interface PlanesProps {
  readonly model: ReadingModel;
  readonly viewport: ViewportModel;
  readonly volume: Volume;
}

function Planes({ model, viewport, volume }: PlanesProps): VNode {
  const axial = useRef<HTMLDivElement>(null);
  const sagittal = useRef<HTMLDivElement>(null);
  const coronal = useRef<HTMLDivElement>(null);
  const refs = { axial, sagittal, coronal };
  useEffect(() => {
    const elements = { axial: axial.current, sagittal: sagittal.current, coronal: coronal.current };
    return isMounted(elements) ? show(model, viewport, volume, elements) : undefined;
  }, [model, viewport, volume]);
  const { mpr } = model;
  const { value: panes } = mpr.panes;
  const center = panes?.center.value;
  return (
    <div
      class="mpr"
      data-mpr={panes === undefined ? 'starting' : 'open'}
      data-center={center?.map((value) => value.toFixed(3)).join(' ')}
      data-dimensions={volume.plan.dimensions.join('x')}
    >
      <MprBar model={model} volume={volume} />
      <div class={`mpr-panes${mpr.solid.isOpen.value ? ' mpr-with-solid' : ''}`}>
        {MPR_AXES.map((axis) => (
          <MprPane key={axis} model={model} viewport={viewport} volume={volume} axis={axis} pixels={refs[axis]} />
        ))}
        {mpr.solid.isOpen.value && panes !== undefined && (
          <SolidView solid={mpr.solid} panes={panes} viewport={viewport} volume={volume} />
        )}
        <ReferenceOnly model={model} />
      </div>
      <ul class="visually-hidden" aria-label={t('mpr.marks')}>
        {panes?.lengths.value.map(({ id, mm }) => {
          const words = t('mpr.length', { length: amount(mm, 1) });
          return (
            <li key={id} data-mpr-length={mm.toFixed(3)}>
              {words}
            </li>
          );
        })}
        {panes?.probes.value.map(({ id, value }) => (
          <li key={id} data-mpr-value={value}>
            {valueText(value, volume)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Where the list of series says it, it is said once: on a phone the planes have the list's room. */
function ReferenceOnly({ model }: { readonly model: ReadingModel }): VNode | null {
  const { settings } = useApp();
  const place = model.seriesPanel.value ? ' mpr-reference-narrow' : '';
  return settings.hospital.value.value.displaysDeclared ? null : (
    <p class={`reference-only reference-over${place}`}>{t('reading.referenceOnly')}</p>
  );
}

type Elements = Readonly<Record<MprAxis, HTMLDivElement>>;

function isMounted(elements: Readonly<Record<MprAxis, HTMLDivElement | null>>): elements is Elements {
  return Object.values(elements).every((element) => element !== null);
}

/** Puts the volume on the panes, and takes it off again. */
function show(model: ReadingModel, viewport: ViewportModel, volume: Volume, elements: Elements): () => void {
  const { mpr, imaging, tools } = model;
  let gone = false;
  let panes: MprPanes | undefined;
  const observer = new ResizeObserver(() => panes?.resize());
  const host = {
    tool: tools.tool,
    middleTool: tools.middleTool,
    grey: viewport.grey,
    inverted: viewport.inverted,
    slab: mpr.slab,
    drag: createMprDrag(mpr, viewport),
    lengthWords: (mm: number) => t('mpr.length', { length: amount(mm, 1) }),
    valueWords: (value: number | undefined) => valueText(value, volume),
    onLost: () => {
      toast('failure', t('mpr.lost'));
      mpr.close();
    },
  };
  imaging.showVolume(volume, elements, host).then(
    (made) => {
      if (gone) {
        made[Symbol.dispose]();
        return;
      }
      panes = made;
      mpr.panes.value = made;
      for (const element of Object.values(elements)) {
        observer.observe(element);
      }
    },
    (error: unknown) => {
      if (!gone) {
        mpr.fail(error);
      }
    },
  );
  return () => {
    gone = true;
    observer.disconnect();
    mpr.panes.value = undefined;
    panes?.[Symbol.dispose]();
  };
}
