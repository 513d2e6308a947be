import type { VNode } from 'preact';
import { useApp } from '../app/context.ts';
import { t } from '../i18n/index.ts';
import { PriorList } from './prior-panel.tsx';
import type { ReadingModel } from './reading-model.ts';
import { SeriesButton } from './series-button.tsx';

/** All series of the study, each opened by a press or by dragging it into a viewport. */
export function SeriesPanel({ model }: { readonly model: ReadingModel }): VNode {
  const { settings } = useApp();
  return (
    <nav class="series-panel" aria-label={t('reading.series')}>
      <ul>
        {model.series.value.map((entry) => (
          <li key={entry.info.seriesInstanceUid}>
            <SeriesButton model={model} entry={entry} />
          </li>
        ))}
      </ul>
      <PriorList model={model} />
      {!settings.hospital.value.value.displaysDeclared && <p class="reference-only">{t('reading.referenceOnly')}</p>}
    </nav>
  );
}
