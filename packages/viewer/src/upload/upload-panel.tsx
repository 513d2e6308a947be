import { ChevronDown, ChevronUp, X } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Badge } from '../design/status.tsx';
import { formatBytes, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { problemWords } from './problem-words.ts';
import { MOST_PROBLEMS, type Uploads } from './uploads.ts';

/** An upload without anything to look at goes away by itself. */
const CLEAN_STAYS_MS = 12_000;

/** What is being uploaded, at the edge of the screen, so that one can go on working. */
export function UploadPanel(): VNode | null {
  const { uploads } = useApp();
  const [small, setSmall] = useState(false);
  const phase = uploads.phase.value;
  const running = phase === 'running';
  useEffect(() => {
    if (!running) {
      return undefined;
    }
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [running]);
  const { failed, conflict, found } = uploads.counts.value;
  const clean = phase === 'done' && found > 0 && failed + conflict === 0;
  useEffect(() => {
    const timer = clean ? setTimeout(() => uploads.dismiss(), CLEAN_STAYS_MS) : undefined;
    return () => clearTimeout(timer);
  }, [clean]);
  if (phase === 'idle') {
    return null;
  }
  return (
    <section class="upload-panel" aria-label={t('upload.title')}>
      <header>
        <h2>
          <span role="status">{headline(uploads)}</span>
        </h2>
        <IconButton
          small
          icon={small ? ChevronUp : ChevronDown}
          label={t(small ? 'upload.expand' : 'upload.minimise')}
          aria-expanded={!small}
          onClick={() => setSmall(!small)}
        />
        {!running && <IconButton small icon={X} label={t('common.close')} onClick={() => uploads.dismiss()} />}
      </header>
      <ProgressBar uploads={uploads} />
      {!small && <Body uploads={uploads} />}
    </section>
  );
}

function headline({ phase, counts, searched }: Uploads): string {
  const { found, failed, conflict } = counts.value;
  switch (phase.value) {
    case 'running':
      return found === 0 && !searched.value ? t('upload.searching') : t('upload.running');
    case 'cancelled':
      return t('upload.cancelled');
    case 'done':
    case 'idle':
      return found === 0 ? t('upload.nothing') : failed + conflict > 0 ? t('upload.doneProblems') : t('upload.done');
  }
}

function ProgressBar({ uploads }: { readonly uploads: Uploads }): VNode {
  const { foundBytes } = uploads.counts.value;
  const sent = uploads.sentBytes.value;
  const known = uploads.searched.value && foundBytes > 0;
  const done = uploads.phase.value !== 'running';
  const value = done ? 1 : known ? Math.min(1, sent / foundBytes) : undefined;
  return (
    <progress
      class={uploads.counts.value.failed > 0 ? 'upload-bar upload-bar-failed' : 'upload-bar'}
      aria-label={t('upload.running')}
      max={1}
      value={value}
    />
  );
}

function Body({ uploads }: { readonly uploads: Uploads }): VNode {
  const { counts, phase, retriable } = uploads;
  const { found, stored, conflict, failed } = counts.value;
  const done = stored + conflict + failed;
  return (
    <div class="upload-body">
      <p class="soft numeric">
        {t('upload.progress', {
          done: formatNumber(done),
          found: formatNumber(found),
          bytes: formatBytes(uploads.sentBytes.value),
        })}
      </p>
      <Outcomes uploads={uploads} />
      {phase.value === 'cancelled' && <p class="soft">{t('upload.cancelledText')}</p>}
      <Problems uploads={uploads} />
      <div class="row row-wrap">
        {phase.value === 'running' && (
          <Button small onClick={() => uploads.cancel()}>
            {t('upload.stop')}
          </Button>
        )}
        {phase.value !== 'running' && retriable.value > 0 && (
          <Button small kind="primary" onClick={() => uploads.retry()}>
            {t('upload.retry', { count: retriable.value })}
          </Button>
        )}
      </div>
    </div>
  );
}

function Outcomes({ uploads }: { readonly uploads: Uploads }): VNode {
  const { stored, conflict, failed, skipped } = uploads.counts.value;
  return (
    <div class="row row-wrap numeric">
      {stored > 0 && <Badge kind="success">{t('upload.stored', { count: stored })}</Badge>}
      {conflict > 0 && (
        <Badge kind="warning" title={t('upload.conflictHint')}>
          {t('upload.conflict', { count: conflict })}
        </Badge>
      )}
      {failed > 0 && <Badge kind="danger">{t('upload.failed', { count: failed })}</Badge>}
      {skipped > 0 && <Badge>{t('upload.skipped', { count: skipped })}</Badge>}
    </div>
  );
}

function Problems({ uploads }: { readonly uploads: Uploads }): VNode | null {
  const problems = uploads.problems.value;
  if (problems.length === 0) {
    return null;
  }
  const ordered = [...problems].sort((a, b) => a.kind.localeCompare(b.kind));
  return (
    <details class="upload-problems">
      <summary>{t('upload.details')}</summary>
      <ul>
        {ordered.map((problem) => (
          <li key={problem.path}>
            <span class={problem.kind === 'failed' ? 'upload-failed' : 'faint'}>{problem.path}</span>
            <span class="soft">{problemWords(problem)}</span>
          </li>
        ))}
        {problems.length === MOST_PROBLEMS && <li class="faint">{t('upload.moreProblems')}</li>}
      </ul>
    </details>
  );
}
