import { UserRoundPen } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { Badge, Notice } from '../design/status.tsx';
import { formatDate } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { type DiscSeries, type DiscStudy, filesOf } from './disc.ts';
import { seriesKey } from './import-store.ts';
import { UnderDialog } from './under-dialog.tsx';

/** One study of the disc: whether it is brought in, which of its series, and for whom. */
export function StudyChoice({ study }: { readonly study: DiscStudy }): VNode {
  const { imports } = useApp();
  const offered = study.series.filter(({ files }) => files.length > 0).map((series) => seriesKey(study, series));
  const chosen = offered.filter((key) => imports.selected.value.has(key)).length;
  const words = [formatDate(study.date), modalitiesOf(study), study.description || t('importing.noDescription')].filter(Boolean);
  const facts = [study.accession, study.institution, t('importing.seriesCount', { count: study.series.length })].filter(Boolean);
  return (
    <article class="import-study">
      <input
        type="checkbox"
        aria-label={t('importing.selectStudy', { study: words.join(' ') })}
        disabled={offered.length === 0}
        checked={chosen > 0}
        ref={(box) => {
          if (box !== null) {
            box.indeterminate = chosen > 0 && chosen < offered.length;
          }
        }}
        onChange={() => imports.select(offered, chosen < offered.length)}
      />
      <div class="stack stack-tight grow">
        <div class="row row-wrap import-study-head">
          <strong>{words.join(' · ')}</strong>
          <Counts study={study} />
        </div>
        <span class="soft numeric">{facts.join(' · ')}</span>
        <HereNotice study={study} />
        <Under study={study} />
        <details class="import-series">
          <summary>{t('importing.showSeries')}</summary>
          <ul>
            {study.series.map((series) => (
              <SeriesChoice key={series.uid} study={study} series={series} />
            ))}
          </ul>
        </details>
      </div>
    </article>
  );
}

function modalitiesOf({ series }: DiscStudy): string {
  return [...new Set(series.map(({ modality }) => modality))].filter(Boolean).join('/');
}

function Counts({ study }: { readonly study: DiscStudy }): VNode {
  const { imports } = useApp();
  const files = filesOf(study);
  const known = imports.here.value?.get(study.uid)?.instances;
  const here = known === undefined ? 0 : files.filter(({ sopInstanceUid }) => known.has(sopInstanceUid)).length;
  const missing = study.series.reduce((sum, series) => sum + series.missing, 0);
  return (
    <span class="row row-wrap numeric">
      <Badge>{t('importing.images', { count: files.length })}</Badge>
      {missing > 0 && <Badge kind="warning">{t('importing.missingShort', { count: missing })}</Badge>}
      {here > 0 && (
        <Badge kind="success" title={t('importing.hereHint')}>
          {here === files.length ? t('importing.hereAll') : t('importing.here', { count: here })}
        </Badge>
      )}
    </span>
  );
}

/** A study that is here under somebody else's name is not the same to the server: its images would be in conflict. */
function HereNotice({ study }: { readonly study: DiscStudy }): VNode | null {
  const { imports } = useApp();
  const here = imports.here.value?.get(study.uid);
  const wanted = imports.under.value.get(study.key)?.patient ?? study.patient;
  if (here === undefined || here.patient.id === wanted.id) {
    return null;
  }
  return <Notice kind="warning">{t('importing.hereOther', { name: here.patient.name, id: here.patient.id })}</Notice>;
}

function Under({ study }: { readonly study: DiscStudy }): VNode {
  const { imports, session } = useApp();
  const [choosing, setChoosing] = useState(false);
  const decision = imports.under.value.get(study.key);
  return (
    <div class="row row-wrap import-under">
      <UserRoundPen size={16} aria-hidden="true" />
      <span class={decision === undefined ? 'faint' : 'import-decided'}>
        {decision === undefined
          ? t('importing.asOnDisc')
          : t('importing.underPatient', { name: decision.patient.name, id: decision.patient.id })}
      </span>
      {session.may('edit') && (
        <Button
          small
          kind="quiet"
          onClick={() => (decision === undefined ? setChoosing(true) : imports.decide(study, undefined))}
        >
          {t(decision === undefined ? 'importing.change' : 'importing.undo')}
        </Button>
      )}
      {choosing && (
        <UnderDialog
          study={study}
          onClose={() => setChoosing(false)}
          onDecided={(made) => {
            imports.decide(study, made);
            setChoosing(false);
          }}
        />
      )}
    </div>
  );
}

function SeriesChoice({ study, series }: { readonly study: DiscStudy; readonly series: DiscSeries }): VNode {
  const { imports } = useApp();
  const key = seriesKey(study, series);
  const { modality, description, number, files, missing } = series;
  const words = [modality, description || t('importing.seriesNumber', { number: number ?? '' }).trim()]
    .filter(Boolean)
    .join(' · ');
  return (
    <li>
      <label class="check">
        <input
          type="checkbox"
          aria-label={t('importing.selectSeries', { series: words })}
          disabled={files.length === 0}
          checked={imports.selected.value.has(key)}
          onChange={(event) => imports.select([key], event.currentTarget.checked)}
        />
        <span class="row row-wrap">
          {words}
          <span class="faint numeric">{t('importing.images', { count: files.length })}</span>
          {missing > 0 && <Badge kind="warning">{t('importing.missingShort', { count: missing })}</Badge>}
        </span>
      </label>
    </li>
  );
}
