import { TriangleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import { failureText } from '../api/failure.ts';
import { Button } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import { descriptionOf, nameOf } from '../worklist/words.ts';
import type { Prior } from './prior-store.ts';
import { priorText, relationText } from './prior-words.ts';
import type { ReadingModel } from './reading-model.ts';
import { SeriesButton } from './series-button.tsx';

/** The patient's other studies under the series of this one: a press shows one beside it. */
export function PriorList({ model }: { readonly model: ReadingModel }): VNode {
  const { all, failure } = model.priors;
  return (
    <section class="priors" aria-labelledby="priors-title">
      <h2 id="priors-title">{t('priors.title')}</h2>
      {failure.value !== undefined && (
        <p role="alert">
          {t('priors.failed', { reason: failureText(failure.value) })}{' '}
          <Button small onClick={() => void model.priors.load()}>
            {t('common.retry')}
          </Button>
        </p>
      )}
      {all.value?.length === 0 && <p class="soft">{t('priors.none')}</p>}
      <ul class="prior-list">
        {(all.value ?? []).map((prior) => (
          <li key={prior.study.studyInstanceUid}>
            <PriorEntry model={model} prior={prior} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PriorEntry({ model, prior }: { readonly model: ReadingModel; readonly prior: Prior }): VNode {
  const { studyInstanceUid } = prior.study;
  const shown = model.visible.value.some(({ series }) => series.value?.studyInstanceUid === studyInstanceUid);
  return (
    <>
      <button
        type="button"
        class={shown ? 'prior-head prior-shown' : 'prior-head'}
        data-prior={studyInstanceUid}
        title={t('priors.compareWith', { study: priorText(prior) })}
        onClick={() => void model.openPrior(prior)}
      >
        <span class="series-head">
          <span class="badge">{relationText(prior.relation)}</span>
        </span>
        <strong>{priorText(prior)}</strong>
        <span class="soft series-name">{descriptionOf(prior.study)}</span>
        {prior.isDoubtful && (
          <span class="prior-doubt">
            <TriangleAlert size={14} aria-hidden="true" /> {t('priors.doubtfulName', { name: nameOf(prior.study.patient) })}
          </span>
        )}
      </button>
      {prior.failure.value !== undefined && (
        <p role="alert">{t('priors.failed', { reason: failureText(prior.failure.value) })}</p>
      )}
      {shown && prior.series.value !== undefined && (
        <ul>
          {prior.series.value.map((entry) => (
            <li key={entry.info.seriesInstanceUid}>
              <SeriesButton model={model} entry={entry} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
