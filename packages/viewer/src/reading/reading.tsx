import './viewport.css';
import './reading.css';
import './key-list.css';
import { useComputed, useSignalEffect } from '@preact/signals';
import { ImageOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import { useApp } from '../app/context.ts';
import { later } from '../app/later.tsx';
import { Button } from '../design/button.tsx';
import { Empty, Spinner } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { createImaging, type Imaging } from '../imaging/imaging.ts';
import { actionOfKey, obstacleOfKey } from './actions.ts';
import { SaveHangingDialog } from './hanging/save-hanging-dialog.tsx';
import { isTyping, keyName, opensPalette } from './keys.ts';
import { MeasurementPanel } from './measurement-panel.tsx';
import { createMeasurementStore } from './measurement-store.ts';
import { createPageTools } from './page-tools.ts';
import { Palette } from './palette.tsx';
import { PublishDialog } from './publish/publish-dialog.tsx';
import { createReadingModel, type ReadingModel } from './reading-model.ts';
import { SeriesPanel } from './series-panel.tsx';
import { ShortcutsSheet } from './shortcuts-sheet.tsx';
import { DICOM_WEB } from './study-client.ts';
import { Toolbar } from './toolbar.tsx';
import { Viewport } from './viewport.tsx';

export interface ReadingProps {
  readonly studyInstanceUid: string;
  readonly onClose: () => void;
}

/** The page on which a study is read. */
export function Reading({ studyInstanceUid, onClose }: ReadingProps): VNode {
  const app = useApp();
  const model = useMemo(() => {
    const personId = (): string => app.session.session.value?.user.id ?? '';
    const tools = createPageTools(createMeasurementStore(studyInstanceUid, app.marks, personId), isTouch());
    const own = app.settings.own.value;
    const hospital = app.settings.hospital.value;
    const onSignedOut = (): void => app.session.expire();
    const imaging = createImaging({ dicomWeb: DICOM_WEB, onSignedOut, tools });
    return createReadingModel({
      client: app.client,
      openings: app.openings,
      imaging,
      studyInstanceUid,
      tools,
      own,
      hospital,
      onSignedOut,
    });
  }, [app, studyInstanceUid]);
  useEffect(() => () => dispose(model), [model]);
  const { value: epoch } = app.session.epoch;
  // Asked for again after signing in anew, where the first try was refused.
  useEffect(() => {
    if (model.state.value.phase !== 'ready') {
      void model.load();
    } else {
      retryFailed(model);
    }
  }, [model, epoch]);
  const isReady = model.state.value.phase === 'ready';
  const isKnown = app.settings.own.isRead.value;
  // After the study itself: the first image does not wait for what lies years back.
  useEffect(() => (isReady ? void model.priors.load() : undefined), [model, isReady, epoch]);
  // Once it is known how the person hangs: else the product's way would stand there first.
  useEffect(() => (isReady && isKnown ? void model.hangUnasked() : undefined), [model, isReady, isKnown]);
  // After the first image, which does not wait for it. What was drawn on a prior is shown with it.
  const isShown = useComputed(() => model.viewports.some(({ shown }) => shown.value !== undefined));
  useSignalEffect(() => {
    for (const entry of isShown.value ? model.entries.value : []) {
      model.tools.marks.show(entry.studyInstanceUid);
    }
  });
  useEffect(() => watchKeys(model), [model]);
  useEffect(() => tellGraphics(model.imaging), [model]);
  return (
    <div class="reading">
      <Toolbar model={model} onClose={onClose} />
      <Body model={model} />
      {model.shortcuts.value && <ShortcutsSheet model={model} />}
      {model.palette.value && <Palette model={model} />}
      {model.publishing.value && <PublishDialog model={model} />}
      {model.savingHanging.value && <SaveHangingDialog model={model} />}
    </div>
  );
}

function Body({ model }: { readonly model: ReadingModel }): VNode {
  const { value: state } = model.state;
  if (state.phase === 'loading') {
    return (
      <div class="reading-wait" role="status">
        <Spinner />
        {t('reading.loadingStudy')}
      </div>
    );
  }
  if (state.phase === 'failed') {
    return (
      <Empty icon={ImageOff} title={t('reading.studyFailed')} text={failureText(state.error)}>
        <Button onClick={() => void model.load()}>{t('common.retry')}</Button>
      </Empty>
    );
  }
  if (state.study.series.length === 0) {
    return <Empty icon={ImageOff} title={t('reading.emptyStudy')} text={t('reading.emptyStudyText')} />;
  }
  const isStack = model.mpr.state.value.phase === 'closed';
  return (
    <main class={`reading-body${isStack ? '' : ' reading-planes'}`}>
      {model.seriesPanel.value && <SeriesPanel model={model} />}
      {isStack ? <Viewports model={model} /> : <MprStage model={model} />}
      {model.measurementPanel.value && <MeasurementPanel model={model} />}
    </main>
  );
}

/** The planes of a volume come with their program when they are first asked for. */
const MprStage = later(async () => (await import('./mpr/mpr-stage.tsx')).MprStage);

function Viewports({ model }: { readonly model: ReadingModel }): VNode {
  const { settings } = useApp();
  const declared = settings.hospital.value.value.displaysDeclared;
  const { rows, columns } = model.single.value === undefined ? model.layout.value : { rows: 1, columns: 1 };
  return (
    <div class="viewports" style={{ gridTemplate: `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))` }}>
      {model.visible.value.map((viewport) => (
        <Viewport key={viewport.number} model={model} viewport={viewport} />
      ))}
      {!model.seriesPanel.value && !declared && <p class="reference-only reference-over">{t('reading.referenceOnly')}</p>}
    </div>
  );
}

function watchKeys(model: ReadingModel): () => void {
  const pressed = (event: KeyboardEvent): void => {
    const elsewhere = document.querySelector('dialog[open]') !== null;
    if (!elsewhere && opensPalette(event)) {
      event.preventDefault();
      model.palette.value = true;
      return;
    }
    const name = isTyping(event.target) || elsewhere ? undefined : keyName(event);
    const onButton = event.target instanceof HTMLButtonElement && (name === 'Space' || name === 'Enter');
    const action = name === undefined || onButton ? undefined : actionOfKey(name, model);
    const obstacle = name === undefined || onButton ? undefined : obstacleOfKey(name, model);
    if (action !== undefined) {
      event.preventDefault();
      action.run(model);
    } else if (obstacle !== undefined) {
      toast('failure', obstacle);
    }
  };
  window.addEventListener('keydown', pressed);
  return () => window.removeEventListener('keydown', pressed);
}

/** Says when the graphics card dropped out, and when the processor draws in its place. */
function tellGraphics(imaging: Imaging): () => void {
  let before = 0;
  let told = false;
  return imaging.drawing.subscribe(({ backend, generation }) => {
    if (backend === 'cpu' && !told) {
      told = true;
      toast('failure', t('reading.graphicsCpu'));
    } else if (generation > before) {
      toast('success', t('reading.graphicsLost'));
    }
    before = generation;
  });
}

function retryFailed({ visible, imaging }: ReadingModel): void {
  imaging.frames.retryFailed();
  for (const viewport of visible.value) {
    if (viewport.failure.value !== undefined || viewport.series.value?.content.value.phase === 'failed') {
      viewport.retry();
    }
  }
}

function dispose(model: ReadingModel): void {
  model.dispose();
  model.imaging[Symbol.dispose]();
  model.tools.marks[Symbol.dispose]();
}

function isTouch(): boolean {
  return window.matchMedia('(pointer: coarse)').matches;
}
