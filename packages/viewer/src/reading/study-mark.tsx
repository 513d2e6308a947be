import './study-mark.css';
import { TriangleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import { formatDate, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { relationText } from './prior-words.ts';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';

export interface StudyMarkFacts {
  readonly kind: 'current' | 'earlier' | 'later' | 'sameDay' | 'unknown';
  /** What it is, and its date. */
  readonly text: string;
  /** The patient of that study is named otherwise. */
  readonly isDoubtful: boolean;
}

/** Which study a viewport shows, to be said as soon as more than one is on the screen: a wrong date is a wrong finding. */
export function studyMarkOf(model: ReadingModel, viewport: ViewportModel): StudyMarkFacts | undefined {
  const uid = viewport.series.value?.studyInstanceUid;
  const others = model.visible.value.some(({ series }) => {
    const shown = series.value?.studyInstanceUid;
    return shown !== undefined && shown !== model.studyInstanceUid;
  });
  if (uid === undefined || !others) {
    return undefined;
  }
  const prior = model.priors.all.value?.find(({ study }) => study.studyInstanceUid === uid);
  if (prior !== undefined) {
    const { date, time } = prior.study;
    // On the same day the hour tells them apart.
    const hour = prior.relation === 'sameDay' ? formatTime(time) : '';
    const when = [formatDate(date) || t('worklist.noDate'), hour].filter(Boolean).join(' ');
    return { kind: prior.relation, text: `${relationText(prior.relation)} · ${when}`, isDoubtful: prior.isDoubtful };
  }
  const { value: state } = model.state;
  const date = state.phase === 'ready' ? formatDate(state.study.date) : '';
  return { kind: 'current', text: `${t('priors.current')} · ${date || t('worklist.noDate')}`, isDoubtful: false };
}

/** Stands over the picture whether or not its other texts are hidden. */
export function StudyMark({ mark }: { readonly mark: StudyMarkFacts | undefined }): VNode | null {
  return mark === undefined ? null : (
    <div class={`study-mark study-mark-${mark.kind}`} data-study-mark={mark.kind}>
      {mark.isDoubtful && <TriangleAlert size={14} aria-label={t('priors.doubtful')} />}
      {mark.text}
    </div>
  );
}
