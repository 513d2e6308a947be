import { Images } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { studyUrl } from '../app/route.ts';
import { Button } from '../design/button.tsx';
import { Badge, Notice } from '../design/status.tsx';
import { formatBytes, formatDate, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { outcomeWords } from '../upload/problem-words.ts';
import type { Importer, ImportJob, JobProgress } from './importer.ts';

/** The import under way, study by study, and in the end what became of it. */
export function ImportRun(): VNode | null {
  const { imports } = useApp();
  const importer = imports.importer.value;
  const running = importer?.phase.value === 'running';
  useEffect(() => {
    if (!running) {
      return undefined;
    }
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [running]);
  if (importer === undefined) {
    return null;
  }
  const all = importer.jobs.map((job) => importer.progressOf(job).value);
  const failed = all.some((progress) => progress.failed + progress.conflict > 0);
  return (
    <>
      <h2>
        <span role="status">{headline(importer, failed)}</span>
      </h2>
      <Total all={all} />
      {importer.waiting.value && running && <Notice kind="warning">{t('importing.waiting')}</Notice>}
      {importer.phase.value === 'stopped' && <Notice>{t('importing.stopped')}</Notice>}
      <ul class="import-jobs">
        {importer.jobs.map((job) => (
          <li key={job.study.key}>
            <Job job={job} importer={importer} />
          </li>
        ))}
      </ul>
      <Actions importer={importer} failed={all.some((progress) => progress.failed > 0)} />
    </>
  );
}

function headline({ phase }: Importer, failed: boolean): string {
  switch (phase.value) {
    case 'running':
      return t('importing.running');
    case 'stopped':
      return t('importing.stopped');
    case 'done':
      return t(failed ? 'importing.doneProblems' : 'importing.done');
  }
}

function Total({ all }: { readonly all: readonly JobProgress[] }): VNode {
  const sum = (of: (progress: JobProgress) => number): number => all.reduce((total, progress) => total + of(progress), 0);
  const stored = sum(({ stored: own }) => own);
  return (
    <p class="soft numeric">
      {t('importing.summary', { stored: formatNumber(stored), total: formatNumber(sum(({ total }) => total)) })}
      {` · ${formatBytes(sum(({ sentBytes }) => sentBytes))}`}
    </p>
  );
}

function Job({ job, importer }: { readonly job: ImportJob; readonly importer: Importer }): VNode {
  const { navigator, imports } = useApp();
  const { study } = job;
  const patient = imports.under.value.get(study.key)?.patient ?? study.patient;
  const progress = importer.progressOf(job).value;
  const { total, totalBytes, sentBytes, stored, conflict, failed } = progress;
  const words = [formatDate(study.date), study.description || t('importing.noDescription')].filter(Boolean).join(' · ');
  return (
    <article class="panel import-job">
      <div class="row row-wrap">
        <div class="grow">
          <strong>{patient.name || t('worklist.noName')}</strong> <span class="soft">{words}</span>
        </div>
        {stored > 0 && importer.phase.value !== 'running' && (
          <Button small icon={Images} onClick={() => navigator.go(studyUrl(study.uid))}>
            {t('importing.open')}
          </Button>
        )}
      </div>
      <progress
        class={failed > 0 ? 'upload-bar upload-bar-failed' : 'upload-bar'}
        aria-label={words}
        max={1}
        value={totalBytes === 0 ? 1 : Math.min(1, sentBytes / totalBytes)}
      />
      <div class="row row-wrap numeric">
        <span class="soft grow">
          {t('importing.progress', {
            done: formatNumber(stored + conflict + failed),
            total: formatNumber(total),
            bytes: formatBytes(sentBytes),
          })}
        </span>
        {stored > 0 && <Badge kind="success">{t('importing.stored', { count: stored })}</Badge>}
        {conflict > 0 && (
          <Badge kind="warning" title={t('upload.conflictHint')}>
            {t('importing.conflict', { count: conflict })}
          </Badge>
        )}
        {failed > 0 && <Badge kind="danger">{t('importing.failed', { count: failed })}</Badge>}
      </div>
      <Refusals progress={progress} />
    </article>
  );
}

function Refusals({ progress: { refusals, failed } }: { readonly progress: JobProgress }): VNode | null {
  if (refusals.length === 0) {
    return null;
  }
  return (
    <details class="import-refusals">
      <summary>{t('importing.refusals')}</summary>
      <ul class="import-names">
        {refusals.map(({ path, outcome }) => (
          <li key={path}>
            <span class="upload-failed">{path}</span> <span class="soft">{outcomeWords(outcome)}</span>
          </li>
        ))}
        {failed > refusals.length && <li class="faint">{t('importing.andMore')}</li>}
      </ul>
    </details>
  );
}

function Actions({ importer, failed }: { readonly importer: Importer; readonly failed: boolean }): VNode {
  const { imports } = useApp();
  const phase = importer.phase.value;
  return (
    <footer class="import-bar">
      <span class="grow" />
      {phase === 'running' && <Button onClick={() => importer.stop()}>{t('importing.stop')}</Button>}
      {phase === 'stopped' && (
        <Button kind="primary" onClick={() => importer.goOn()}>
          {t('importing.goOn')}
        </Button>
      )}
      {phase === 'done' && failed && (
        <Button kind="primary" onClick={() => importer.goOn()}>
          {t('importing.retry')}
        </Button>
      )}
      {phase !== 'running' && <Button onClick={() => imports.reset()}>{t('importing.again')}</Button>}
    </footer>
  );
}
