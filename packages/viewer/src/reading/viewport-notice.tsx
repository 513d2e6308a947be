import { FileQuestion, ImageOff, Images } from 'lucide-preact';
import type { VNode } from 'preact';
import { Button } from '../design/button.tsx';
import { Empty, Spinner } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { DownloadButton } from './download-button.tsx';
import { faultText, isPassing } from './fault-text.ts';
import { objectKind } from './object-kind.ts';
import { ENCAPSULATED_PDF, PdfButton } from './pdf-button.tsx';
import type { ReadingModel } from './reading-model.ts';
import { ReportView } from './report/report-view.tsx';
import type { Unshown } from './series-store.ts';
import type { ViewportModel } from './viewport-model.ts';

interface ViewportNoticeProps {
  readonly model: ReadingModel;
  readonly viewport: ViewportModel;
  readonly study: string;
}

/** What stands in a viewport that has no picture: why, and what to do; of a report what it says. */
export function ViewportNotice({ model, viewport, study }: ViewportNoticeProps): VNode | null {
  const { value: entry } = viewport.series;
  const content = entry?.content.value;
  if (entry === undefined || content === undefined) {
    return <Empty icon={Images} title="" text={t('reading.emptyViewport')} />;
  }
  if (content.phase === 'failed') {
    return <Failed title={t('reading.seriesFailed')} error={content.error} viewport={viewport} />;
  }
  if (content.phase !== 'ready') {
    return (
      <div class="viewport-loading" role="status">
        <Spinner />
        {t('reading.loadingSeries')}
      </div>
    );
  }
  const { seriesInstanceUid } = entry.info;
  if (content.frames.length === 0) {
    return <NotPictures model={model} objects={content.unshown} study={study} series={seriesInstanceUid} />;
  }
  const { value: error } = viewport.failure;
  const { value: frame } = viewport.frame;
  return error === undefined || frame === undefined ? null : (
    <Failed title={t('reading.imageFailed')} error={error} viewport={viewport}>
      <DownloadButton study={study} series={seriesInstanceUid} instance={frame.sopInstanceUid} />
    </Failed>
  );
}

interface FailedProps {
  readonly title: string;
  readonly error: unknown;
  readonly viewport: ViewportModel;
  readonly children?: VNode;
}

function Failed({ title, error, viewport, children }: FailedProps): VNode {
  return (
    <Empty icon={ImageOff} title={title} text={faultText(error)}>
      <div class="row row-wrap">
        {isPassing(error) && (
          <Button small onClick={() => viewport.retry()}>
            {t('common.retry')}
          </Button>
        )}
        {children}
      </div>
    </Empty>
  );
}

const MOST_LISTED = 20;

function NotPictures({
  model,
  objects,
  study,
  series,
}: {
  readonly model: ReadingModel;
  readonly objects: readonly Unshown[];
  readonly study: string;
  readonly series: string;
}): VNode {
  return (
    <div class="not-pictures">
      {objects.length === 0 && <Empty icon={ImageOff} title={t('reading.emptyStudy')} text={t('reading.emptyStudyText')} />}
      {objects.slice(0, MOST_LISTED).map((object) =>
        object.report === undefined ? (
          <Empty key={object.sopInstanceUid} icon={FileQuestion} title={t('reading.notPicture')} text={reasonText(object)}>
            <div class="row row-wrap">
              {object.sopClassUid === ENCAPSULATED_PDF && (
                <PdfButton study={study} series={series} instance={object.sopInstanceUid} />
              )}
              <DownloadButton study={study} series={series} instance={object.sopInstanceUid} />
            </div>
          </Empty>
        ) : (
          <ReportView key={object.sopInstanceUid} model={model} header={object.report}>
            <DownloadButton study={study} series={series} instance={object.sopInstanceUid} />
          </ReportView>
        ),
      )}
    </div>
  );
}

function reasonText({ reason, sopClassUid, rows, columns }: Unshown): string {
  if (reason === 'too-large') {
    return t('reading.tooLarge', { rows, columns });
  }
  return t('reading.notPictureText', { kind: reason === 'video' ? t('reading.kindVideo') : objectKind(sopClassUid) });
}
