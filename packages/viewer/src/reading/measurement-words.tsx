import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import type { ReadingModel } from './reading-model.ts';
import type { ViewportModel } from './viewport-model.ts';

/** What was measured on the picture shown, for those who hear the page: what is drawn on the picture says nothing to them. */
export function MeasurementWords({
  model: { tools },
  viewport,
}: {
  readonly model: ReadingModel;
  readonly viewport: ViewportModel;
}): VNode | null {
  const { value: picture } = viewport.shown;
  const marks = tools.marks.all.value.filter(({ frameId }) => frameId === picture?.frame.id);
  return picture === undefined || marks.length === 0 ? null : (
    <ul class="visually-hidden" aria-label={t('reading.measurements')}>
      {marks.map((mark) => {
        const words = tools.lines(mark, picture.frame, picture).join(' | ');
        return (
          <li key={mark.id} data-measurement={mark.id} data-tool={mark.tool} data-finding={words}>
            {`${t(`reading.${mark.tool}`)}: ${words}`}
          </li>
        );
      })}
    </ul>
  );
}
