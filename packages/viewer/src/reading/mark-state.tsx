import './mark-state.css';
import { CircleCheck, CloudOff, EyeOff, RefreshCw } from 'lucide-preact';
import type { ComponentType, VNode } from 'preact';
import { t } from '../i18n/index.ts';
import type { MarksPhase } from '../marks/study-marks.ts';
import type { MeasurementStore } from './measurement-store.ts';

const ICONS: Readonly<Record<MarksPhase, ComponentType<{ readonly size: number; readonly 'aria-hidden': 'true' }>>> = {
  saved: CircleCheck,
  saving: RefreshCw,
  waiting: CloudOff,
  unkept: CloudOff,
  away: CloudOff,
  refused: CloudOff,
  viewOnly: EyeOff,
};

const QUIET: ReadonlySet<MarksPhase> = new Set(['saved', 'saving', 'viewOnly']);

/** Whether what was drawn is saved, in a word; nothing while nothing was drawn. */
export function MarkState({ marks }: { readonly marks: MeasurementStore }): VNode | null {
  const { value: phase } = marks.phase;
  const isWorthSaying = marks.all.value.length > 0 || marks.unsent.value > 0;
  if (!isWorthSaying) {
    return null;
  }
  const Icon = ICONS[phase];
  return (
    <span
      class={QUIET.has(phase) ? 'mark-state' : 'mark-state mark-state-warning'}
      role="status"
      data-marks={phase}
      title={t(`marks.${phase}`, { count: marks.unsent.value })}
    >
      <Icon size={16} aria-hidden="true" />
      <span class="mark-state-word">{t(`marks.${phase}Short`)}</span>
    </span>
  );
}
