import { FileOutput, Trash2 } from 'lucide-preact';
import type { VNode } from 'preact';
import { Button, IconButton } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import type { ImageFrame } from '../imaging/model/image-frame.ts';
import { evaluate, type Measurement } from '../imaging/model/measurements.ts';
import { findingLines } from './finding-text.ts';
import { placeOf } from './measurement-place.ts';
import type { ReadingModel } from './reading-model.ts';

/** All marks of the study; a press goes to the image. */
export function MeasurementPanel({ model }: { readonly model: ReadingModel }): VNode {
  const { value: all } = model.tools.marks.all;
  return (
    <aside class="measurement-panel" aria-label={t('reading.measurements')}>
      <h2>{t('reading.measurements')}</h2>
      <p class="soft">{t(`marks.${model.tools.marks.phase.value}`, { count: model.tools.marks.unsent.value })}</p>
      {all.length === 0 ? (
        <p class="soft">{t('reading.measureEmpty')}</p>
      ) : (
        <ul>
          {all.map((measurement) => (
            <Row key={measurement.id} model={model} measurement={measurement} />
          ))}
        </ul>
      )}
      {all.length > 0 && (
        <Button
          small
          icon={FileOutput}
          onClick={() => {
            model.publishing.value = true;
          }}
        >
          {t('publishing.open')}
        </Button>
      )}
      {all.length > 1 && (
        <Button small icon={Trash2} onClick={() => model.tools.marks.clear()}>
          {t('marks.deleteOwn')}
        </Button>
      )}
    </aside>
  );
}

function Row({ model, measurement }: { readonly model: ReadingModel; readonly measurement: Measurement }): VNode {
  const place = placeOf(model, measurement);
  const selected = model.tools.marks.selected.value === measurement.id;
  const author = model.tools.marks.authorOf(measurement.id);
  return (
    <li class={selected ? 'measurement measurement-selected' : 'measurement'}>
      <button
        type="button"
        class="measurement-go"
        disabled={place === undefined}
        title={place === undefined ? t('reading.measureElsewhere') : t('reading.measureGo', { index: place.index + 1 })}
        onClick={() => {
          if (model.showFrame(measurement.frameId)) {
            model.tools.marks.selected.value = measurement.id;
          }
        }}
      >
        <span class="soft">
          {t(`reading.${measurement.tool}`)} ·{' '}
          {place === undefined
            ? t('reading.measureElsewhere')
            : t('reading.imageOf', { index: place.index + 1, count: place.count })}
        </span>
        {author !== undefined && <span class="soft">{t('marks.by', { name: author })}</span>}
        {place !== undefined && lines(model, measurement, place.frame).map((line) => <span key={line}>{line}</span>)}
      </button>
      <IconButton
        small
        icon={Trash2}
        label={t('reading.measureDelete')}
        onClick={() => model.tools.marks.remove(measurement.id)}
      />
    </li>
  );
}

function lines(model: ReadingModel, measurement: Measurement, frame: ImageFrame): readonly string[] {
  void model.imaging.frames.revision.value;
  return findingLines(evaluate(measurement, frame, model.imaging.frames.get(frame)));
}
