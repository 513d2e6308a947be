import { ExternalLink, FilePlus, FileText, FileX2, Images, Share2, X } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { failureText, isAbort } from '../api/failure.ts';
import { readStudy, type Series, type Study, type StudyDetail, seriesThumbnailUrl } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { Button, IconButton } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { FactList } from '../design/fact-list.tsx';
import { Notice, Skeleton } from '../design/status.tsx';
import { DocumentDialog } from '../documents/document-dialog.tsx';
import { formatDate, formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { StateBadge } from '../orders/state-badge.tsx';
import { ShareDialog } from '../sharing/share-dialog.tsx';
import { Marks } from './marks.tsx';
import { ReceiptPanel } from './receipt-panel.tsx';
import { RejectDialog } from './reject-dialog.tsx';
import { ageOf, bodyPartName, descriptionOf, modalityName, nameOf, sexOf, whenOf } from './words.ts';

export interface PreviewProps {
  readonly study: Study;
  /** Beside the list, else over it. */
  readonly wide: boolean;
  readonly onClose: () => void;
}

/** A study at a glance, without leaving the list. */
export function Preview({ study, wide, onClose }: PreviewProps): VNode {
  if (!wide) {
    return (
      <Dialog title={nameOf(study.patient)} onClose={onClose} actions={<Actions study={study} />}>
        <Facts study={study} />
        <ReceiptPanel study={study} />
        <SeriesList study={study} />
      </Dialog>
    );
  }
  return (
    <aside class="preview" aria-label={t('worklist.preview')}>
      <header class="preview-head">
        <h2>{nameOf(study.patient)}</h2>
        <IconButton small icon={X} label={t('common.close')} onClick={onClose} />
      </header>
      <div class="preview-body">
        <Facts study={study} />
        <ReceiptPanel study={study} />
        <SeriesList study={study} />
      </div>
      <footer class="preview-foot">
        <Actions study={study} />
      </footer>
    </aside>
  );
}

function Actions({ study }: { readonly study: Study }): VNode {
  const { navigator, session } = useApp();
  const [sharing, setSharing] = useState(false);
  const [adding, setAdding] = useState(false);
  const [rejecting, setRejecting] = useState(false);
  const url = studyUrl(study.studyInstanceUid);
  const owned = session.session.value?.facilities.some(({ id }) => id === study.facility) === true;
  return (
    <>
      <Button kind="primary" icon={Images} class="grow" onClick={() => navigator.go(url)}>
        {t('worklist.open')}
      </Button>
      <a
        class="button button-icon"
        href={url}
        target="_blank"
        rel="noopener"
        title={t('worklist.openNewTab')}
        aria-label={t('worklist.openNewTab')}
      >
        <ExternalLink size={18} aria-hidden="true" />
      </a>
      {session.may('share') && owned && (
        <button
          type="button"
          class="button button-icon"
          title={t('worklist.share')}
          aria-label={t('worklist.share')}
          onClick={() => setSharing(true)}
        >
          <Share2 size={18} aria-hidden="true" />
        </button>
      )}
      {session.may('upload') && owned && (
        <button
          type="button"
          class="button button-icon"
          title={t('importing.documentButton')}
          aria-label={t('importing.documentButton')}
          onClick={() => setAdding(true)}
        >
          <FilePlus size={18} aria-hidden="true" />
        </button>
      )}
      {session.may('edit') && owned && (
        <button
          type="button"
          class="button button-icon"
          title={t('rejections.reject')}
          aria-label={t('rejections.reject')}
          onClick={() => setRejecting(true)}
        >
          <FileX2 size={18} aria-hidden="true" />
        </button>
      )}
      {rejecting && <RejectDialog study={study} onClose={() => setRejecting(false)} />}
      {adding && (
        <DocumentDialog name={nameOf(study.patient)} into={{ study: study.studyInstanceUid }} onClose={() => setAdding(false)} />
      )}
      {sharing && <ShareDialog study={study} onClose={() => setSharing(false)} />}
    </>
  );
}

function Facts({ study }: { readonly study: Study }): VNode {
  const { session } = useApp();
  const facts: readonly [string, ComponentChildren][] = [
    [t('worklist.colId'), study.patient.id],
    [t('worklist.birthDate'), formatDate(study.patient.birthDate)],
    [t('worklist.colAge'), ageOf(study)],
    [t('worklist.colSex'), sexOf(study.patient)],
    [t('worklist.colDate'), whenOf(study)],
    [t('worklist.colDescription'), descriptionOf(study)],
    [t('worklist.colAccession'), study.accessionNumber],
    [t('orders.title'), study.order === null ? '' : <StateBadge state={study.order.state} />],
    [t('worklist.colFacility'), session.facilityName(study.facility)],
    [t('worklist.received'), formatInstant(study.receivedAt)],
  ];
  return (
    <>
      <Marks study={study} session={session} receipt={null} />
      <FactList facts={facts} />
    </>
  );
}

function SeriesList({ study }: { readonly study: Study }): VNode {
  const { client } = useApp();
  const [detail, setDetail] = useState<StudyDetail | undefined>(undefined);
  const [problem, setProblem] = useState<unknown>(undefined);
  useEffect(() => {
    const request = new AbortController();
    readStudy(client, study.studyInstanceUid, request.signal).then(setDetail, (error: unknown) => {
      if (!isAbort(error)) {
        setProblem(error);
      }
    });
    return () => request.abort();
  }, [study.updatedAt]);
  if (problem !== undefined) {
    return <Notice kind="danger">{`${t('worklist.previewFailed')} ${failureText(problem)}`}</Notice>;
  }
  return (
    <section class="stack stack-tight">
      <h3>{t('worklist.series')}</h3>
      <ul class="series-list" aria-busy={detail === undefined}>
        {detail === undefined
          ? Array.from({ length: Math.min(study.seriesCount, 6) }, (_, index) => (
              <li key={index} class="series-item">
                <span class="thumbnail" />
                <Skeleton />
              </li>
            ))
          : detail.series.map((series) => <SeriesItem key={series.seriesInstanceUid} study={study} series={series} />)}
      </ul>
    </section>
  );
}

function SeriesItem({ study, series }: { readonly study: Study; readonly series: Series }): VNode {
  // What has no frames, such as a report, has no picture to ask for.
  const [missing, setMissing] = useState(series.frameCount === 0);
  const title = series.description || t('worklist.seriesNumber', { number: series.number ?? 0 });
  const frames = series.frameCount > series.instanceCount ? ` · ${t('worklist.frames', { count: series.frameCount })}` : '';
  const part = series.bodyPart === '' ? '' : ` · ${bodyPartName(series.bodyPart)}`;
  return (
    <li>
      <Link class="series-item" href={studyUrl(study.studyInstanceUid)}>
        <span class="thumbnail">
          {missing ? (
            <FileText size={20} role="img" aria-label={t('worklist.noThumbnail')} />
          ) : (
            <img
              src={seriesThumbnailUrl(study.studyInstanceUid, series.seriesInstanceUid)}
              alt=""
              width={64}
              height={64}
              loading="lazy"
              decoding="async"
              onError={() => setMissing(true)}
            />
          )}
        </span>
        <span class="grow">
          <span class="series-title">{title}</span>
          <span class="faint numeric" title={modalityName(series.modality)}>
            {`${series.modality}${part} · ${t('worklist.images', { count: series.instanceCount })}${frames}`}
          </span>
        </span>
      </Link>
    </li>
  );
}
