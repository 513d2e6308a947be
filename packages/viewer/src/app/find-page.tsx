import { FileSearch } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { failureText, isAbort } from '../api/failure.ts';
import { findStudies, type Study } from '../api/studies.ts';
import { Button } from '../design/button.tsx';
import { Empty, Skeleton } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { StudyCard } from '../worklist/study-card.tsx';
import { useApp } from './context.ts';
import { studyUrl } from './route.ts';

export interface FindPageProps {
  readonly accession: string;
  /** Tells apart what several facilities gave the same number; empty where the link does not say. */
  readonly patient: string;
}

/** Opens the study of an accession number, as a HIS links to it; when there are several the person chooses. */
export function FindPage({ accession, patient }: FindPageProps): VNode {
  const { client, navigator, session } = useApp();
  const [found, setFound] = useState<readonly Study[] | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  const [attempt, setAttempt] = useState(0);
  const epoch = session.epoch.value;
  useEffect(() => {
    const request = new AbortController();
    setProblem(undefined);
    const ask = async () => {
      try {
        const { studies } = await findStudies(client, { accessionNumber: accession, patientId: patient }, request.signal);
        const [only, ...others] = studies;
        if (only !== undefined && others.length === 0) {
          navigator.replace(studyUrl(only.studyInstanceUid));
        } else {
          setFound(studies);
        }
      } catch (error) {
        if (!isAbort(error)) {
          setProblem(error);
        }
      }
    };
    void ask();
    return () => request.abort();
  }, [accession, patient, attempt, epoch]);
  const again = () => setAttempt(attempt + 1);
  if (problem !== undefined) {
    return <NotFound title={t('worklist.failedTitle')} text={failureText(problem)} onRetry={again} />;
  }
  if (found === undefined) {
    return (
      <div class="page stack" aria-busy="true">
        <Skeleton width="40%" />
        <Skeleton />
      </div>
    );
  }
  if (found.length === 0) {
    return <NotFound title={t('worklist.findNoneTitle', { accession })} text={t('worklist.findNoneText')} onRetry={again} />;
  }
  return (
    <div class="page stack">
      <h1>{t('worklist.findTitle', { accession })}</h1>
      <p class="soft">{t('worklist.findSeveral')}</p>
      <ul class="stack stack-tight">
        {found.map((study) => (
          <li key={study.studyInstanceUid}>
            <StudyCard study={study} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function NotFound({
  title,
  text,
  onRetry,
}: {
  readonly title: string;
  readonly text: string;
  readonly onRetry: () => void;
}): VNode {
  const { navigator } = useApp();
  return (
    <Empty icon={FileSearch} title={title} text={text}>
      <div class="row row-wrap">
        <Button kind="primary" onClick={onRetry}>
          {t('common.retry')}
        </Button>
        <Button onClick={() => navigator.go('/')}>{t('common.backToList')}</Button>
      </div>
    </Empty>
  );
}
