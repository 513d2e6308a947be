import './opening-preview.css';
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { StudyPreview } from '../api/opening.ts';
import { t } from '../i18n/index.ts';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';

/**
 * The picture a study came with, until the image itself is on the screen: beneath what draws, which has no picture to measure on
 * yet, and named for what it is. Of another image than the one that is waited for it is not shown.
 */
export function OpeningPreview({
  model,
  viewport,
}: {
  readonly model: ReadingModel;
  readonly viewport: ViewportModel;
}): VNode | null {
  const { value: preview } = model.preview;
  const replaced = viewport.shown.value !== undefined;
  useEffect(
    () => (preview !== undefined && replaced && isOf(preview, viewport) ? afterDrawing(model) : undefined),
    [preview, replaced],
  );
  if (preview === undefined || viewport.failure.value !== undefined || !isOf(preview, viewport)) {
    return null;
  }
  return (
    <>
      <img class="opening-preview" src={`data:image/jpeg;base64,${preview.data}`} alt="" decoding="sync" draggable={false} />
      {!replaced && (
        <p class="opening-preview-mark" role="note">
          {t('opening.preview')}
        </p>
      )}
    </>
  );
}

function isOf({ seriesInstanceUid, sopInstanceUid, frame: number }: StudyPreview, viewport: ViewportModel): boolean {
  const frame = viewport.frame.value;
  return (
    viewport.series.value?.info.seriesInstanceUid === seriesInstanceUid &&
    (frame === undefined || (frame.sopInstanceUid === sopInstanceUid && frame.frameNumber === number))
  );
}

/** The image is drawn with the next refresh of the screen; then the preview has done its work. */
function afterDrawing({ preview }: ReadingModel): () => void {
  let handle = requestAnimationFrame(() => {
    handle = requestAnimationFrame(() => {
      preview.value = undefined;
    });
  });
  return () => cancelAnimationFrame(handle);
}
