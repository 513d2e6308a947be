import type { DataSet } from '@filmless/dicom';
import type { VNode } from 'preact';
import { Button } from '../../design/button.tsx';
import { formatDate } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { amount } from '../finding-text.ts';
import type { ReadingModel } from '../reading-model.ts';
import { type Report, type ReportedImage, type ReportLine, type ReportValue, reportOf } from './report-model.ts';
import './report.css';

export interface ReportViewProps {
  readonly model: ReadingModel;
  readonly header: DataSet;
  readonly children: VNode;
}

/** A structured report as a document: headings, values, and a way to each image it speaks of. */
export function ReportView({ model, header, children }: ReportViewProps): VNode {
  const report = reportOf(header);
  return (
    <article class="report" aria-label={report.title || t('reading.kindSr')} data-report>
      <h2>{report.title || t('reading.kindSr')}</h2>
      <p class="soft">{factsOf(report)}</p>
      {report.lines.map((line, index) => (
        <Line key={index} model={model} line={line} />
      ))}
      {report.isCut && <p class="report-cut">{t('report.cut')}</p>}
      <div class="row row-wrap">{children}</div>
    </article>
  );
}

function factsOf({ date, time, isComplete, isVerified, verifiedBy }: Report): string {
  const state = isComplete === undefined ? '' : t(isComplete ? 'report.complete' : 'report.partial');
  const signed =
    isVerified === undefined ? '' : isVerified ? t('report.verified', { by: verifiedBy.join(', ') }) : t('report.unverified');
  return [dateText(date, time), state, signed].filter((part) => part !== '').join(' · ');
}

function Line({ model, line: { depth, label, value } }: { readonly model: ReadingModel; readonly line: ReportLine }): VNode {
  const style = { '--depth': String(Math.min(depth, 8)) };
  if (value.kind === 'heading') {
    return (
      <h3 class="report-line" style={style}>
        {label || '–'}
      </h3>
    );
  }
  return (
    <p class="report-line" style={style}>
      {label !== '' && <span class="soft">{label}: </span>}
      {value.kind === 'image' ? <ImageLink model={model} image={value.image} /> : <span>{valueText(value)}</span>}
    </p>
  );
}

function ImageLink({ model, image }: { readonly model: ReadingModel; readonly image: ReportedImage }): VNode {
  const frameId = frameOf(model, image);
  return frameId === undefined ? (
    <span class="soft">{t('report.imageElsewhere')}</span>
  ) : (
    <Button small onClick={() => model.showFrame(frameId)}>
      {t('report.showImage')}
    </Button>
  );
}

/** Where the image is at hand: of a series whose headers were loaded. */
function frameOf(model: ReadingModel, { sopInstanceUid, frame }: ReportedImage): string | undefined {
  for (const { content } of model.series.value) {
    const frames = content.value.phase === 'ready' ? content.value.frames : [];
    const found = frames.find((one) => one.sopInstanceUid === sopInstanceUid && one.frameNumber === frame);
    if (found !== undefined) {
      return found.id;
    }
  }
  return undefined;
}

function valueText(value: Exclude<ReportValue, { readonly kind: 'heading' | 'image' }>): string {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'date':
      return dateText(value.date, value.time);
    case 'number':
      return [numberText(value.value), value.unit].filter((part) => part !== '').join(' ');
    case 'shape':
      return t('report.shape', { shape: value.shape, count: value.points });
    case 'object':
      return t('report.object', { uid: value.sopInstanceUid });
    case 'same':
      return t('report.same', { place: value.place });
    case 'unknown':
      return t('report.unknown', { type: value.type });
  }
}

/** In the way of the language, where it is a number. */
function numberText(text: string): string {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? text : amount(value, 3);
}

function dateText(date: string, time: string): string {
  const [, year, month, day] = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(date) ?? [];
  const [, hours, minutes] = /^(\d{2}):?(\d{2})/.exec(time) ?? [];
  const shown = year === undefined ? '' : formatDate(`${year}-${month}-${day}`);
  return [shown, hours === undefined ? '' : `${hours}:${minutes}`].filter((part) => part !== '').join(' ');
}
