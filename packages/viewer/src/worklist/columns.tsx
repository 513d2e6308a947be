import type { ComponentChildren } from 'preact';
import type { Study } from '../api/studies.ts';
import type { App } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { Badge } from '../design/status.tsx';
import { formatDate, formatTime } from '../i18n/format.ts';
import { type TextKey, t } from '../i18n/index.ts';
import { CompletenessSign, completenessHint } from './completeness.tsx';
import { Marks } from './marks.tsx';
import {
  ageOf,
  bodyPartsOf,
  completenessOf,
  descriptionOf,
  imagesOf,
  modalityName,
  modalityText,
  nameOf,
  sexOf,
} from './words.ts';

/** One column of the study list. */
export interface Column {
  /** Names the style of its cells as well. */
  readonly key: string;
  readonly title: TextKey;
  readonly cell: (study: Study, app: App, fresh: boolean) => ComponentChildren;
  /** The whole text, for cells that may be cut. */
  readonly tip?: (study: Study) => string;
}

export const COLUMNS: readonly Column[] = [
  { key: 'date', title: 'worklist.colDate', cell: dateCell },
  { key: 'name', title: 'worklist.colName', cell: nameCell, tip: (study) => nameOf(study.patient) },
  { key: 'id', title: 'worklist.colId', cell: ({ patient }) => patient.id, tip: ({ patient }) => patient.id },
  { key: 'age', title: 'worklist.colAge', cell: ageOf },
  { key: 'sex', title: 'worklist.colSex', cell: ({ patient }) => sexOf(patient) },
  {
    key: 'modality',
    title: 'worklist.colModality',
    cell: modalityCell,
    tip: ({ modalities }) => modalities.map(modalityName).join(', '),
  },
  { key: 'body', title: 'worklist.colBodyPart', cell: bodyPartsOf, tip: bodyPartsOf },
  {
    key: 'description',
    title: 'worklist.colDescription',
    cell: descriptionOf,
    tip: descriptionOf,
  },
  {
    key: 'accession',
    title: 'worklist.colAccession',
    cell: ({ accessionNumber }) => accessionNumber,
    tip: ({ accessionNumber }) => accessionNumber,
  },
  { key: 'images', title: 'worklist.colImages', cell: imagesCell, tip: imagesTip },
  { key: 'facility', title: 'worklist.colFacility', cell: ({ facility }, { session }) => session.facilityName(facility) },
  { key: 'marks', title: 'worklist.colMarks', cell: (study, { session }) => <Marks study={study} session={session} /> },
];

/** On a narrow screen a study is one cell of a few lines. */
export const CARD_COLUMNS: readonly Column[] = [{ key: 'card', title: 'worklist.title', cell: cardCell }];

function cardCell(study: Study, app: App, fresh: boolean): ComponentChildren {
  const { patient } = study;
  const person = [sexOf(patient), ageOf(study), patient.id].filter(Boolean).join(' · ');
  return (
    <>
      <div class="card-name">
        {nameCell(study, app, fresh)}
        <Marks study={study} session={app.session} />
      </div>
      <div>{person}</div>
      <div>
        {modalityCell(study)} {[bodyPartsOf(study), descriptionOf(study)].filter(Boolean).join(' · ')}
      </div>
      <div class="card-when">
        {dateCell(study)}
        <span class="faint"> · </span>
        {completenessOf(study) === '' ? <span class="faint">{imagesTip(study)}</span> : <CompletenessSign study={study} />}
      </div>
    </>
  );
}

function dateCell({ date, time }: Study): ComponentChildren {
  return date === null ? (
    <span class="faint">{t('worklist.noDate')}</span>
  ) : (
    <>
      {formatDate(date)} <span class="time">{formatTime(time)}</span>
    </>
  );
}

function nameCell({ patient, studyInstanceUid }: Study, _app: App, fresh: boolean): ComponentChildren {
  return (
    <>
      <Link class="study-link" href={studyUrl(studyInstanceUid)} tabIndex={-1}>
        {nameOf(patient)}
      </Link>
      {fresh && <Badge kind="accent">{t('worklist.isNew')}</Badge>}
    </>
  );
}

function modalityCell({ modalities }: Study): ComponentChildren {
  return modalities.length === 0 ? '' : <span class="modality">{modalityText(modalities)}</span>;
}

function imagesCell(study: Study): ComponentChildren {
  return completenessOf(study) === '' ? imagesOf(study) : <CompletenessSign study={study} />;
}

function imagesTip(study: Study): string {
  const count = t('worklist.imagesTitle', { series: study.seriesCount, images: study.instanceCount });
  return [count, completenessHint(study)].filter(Boolean).join('\n');
}
