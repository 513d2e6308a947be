import { type DataSet, displayName, firstNumber, firstText, personName, TAG } from '@filmless/dicom';
import { formatAge, formatDate } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';
import type { ImageFrame } from '../imaging/model/image-frame.ts';
import type { GreyScale } from '../imaging/model/windows.ts';
import { amount } from './finding-text.ts';

/** The texts in the corners of a viewport; empty lines are left out. */
export interface Corners {
  readonly topLeft: readonly string[];
  readonly topRight: readonly string[];
  readonly bottomLeft: readonly string[];
  readonly bottomRight: readonly string[];
}

export interface Shown {
  readonly frame: ImageFrame;
  readonly index: number;
  readonly count: number;
  readonly grey: GreyScale;
  /** Screen pixels an image pixel takes. */
  readonly scale: number;
}

export function corners(shown: Shown): Corners {
  const { dataSet } = shown.frame;
  return {
    topLeft: present([displayName(personName(dataSet, TAG.PatientName)), identity(dataSet), person(dataSet)]),
    topRight: present([
      firstText(dataSet, TAG.InstitutionName),
      formatDate(isoDate(firstText(dataSet, TAG.StudyDate))),
      firstText(dataSet, TAG.StudyDescription),
      labelled('reading.accession', 'number', firstText(dataSet, TAG.AccessionNumber)),
    ]),
    bottomLeft: present([seriesText(dataSet), position(shown), place(dataSet), side(dataSet)]),
    bottomRight: present([
      lossyText(dataSet),
      shown.frame.voiLuts.length > 0 && shown.grey.table !== undefined ? t('reading.windowTable') : windowText(shown.grey),
      t('reading.zoomText', { percent: Math.round(shown.scale * 100) }),
    ]),
  };
}

function present(lines: readonly (string | undefined)[]): readonly string[] {
  return lines.filter((line) => line !== undefined && line.trim() !== '').map(String);
}

function labelled(
  key: 'reading.patientId' | 'reading.accession' | 'reading.birth',
  name: string,
  value: string | undefined,
): string | undefined {
  return value === undefined || value === '' ? undefined : t(key, { [name]: value });
}

function identity(dataSet: DataSet): string | undefined {
  return labelled('reading.patientId', 'id', firstText(dataSet, TAG.PatientID));
}

/** Birth date, sex and the age on the day of the study. */
function person(dataSet: DataSet): string {
  const birth = isoDate(firstText(dataSet, TAG.PatientBirthDate));
  const sex = firstText(dataSet, TAG.PatientSex) ?? '';
  const age = formatAge(birth, isoDate(firstText(dataSet, TAG.StudyDate))) || ageText(firstText(dataSet, TAG.PatientAge));
  return present([labelled('reading.birth', 'date', formatDate(birth)), textOf('common', `sex${sex}`), age]).join(' · ');
}

/** `20260301`, and the old `2026.03.01`. PS3.5 6.2. */
function isoDate(text: string | undefined): string | null {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(text ?? '');
  return match === null || match[1] === '0000' || match[2] === '00' ? null : `${match[1]}-${match[2]}-${match[3]}`;
}

/** `045Y`. PS3.5 6.2 AS. Weeks are told in days. */
function ageText(text: string | undefined): string {
  const [, digits, unit] = /^(\d{1,3})([DWMY])$/.exec(text ?? '') ?? [];
  const count = Number(digits);
  switch (unit) {
    case 'D':
      return t('common.days', { count });
    case 'W':
      return t('common.days', { count: count * 7 });
    case 'M':
      return t('common.months', { count });
    case 'Y':
      return t('common.years', { count });
    default:
      return '';
  }
}

function seriesText(dataSet: DataSet): string {
  const number = firstText(dataSet, TAG.SeriesNumber);
  const description = firstText(dataSet, TAG.SeriesDescription) ?? '';
  return number === undefined ? description : t('reading.seriesText', { number, description }).replace(/: $/, '');
}

function position({ frame, index, count }: Shown): string {
  const text = t('reading.imageOf', { index: index + 1, count });
  return frame.frameCount > 1 && frame.frameCount !== count
    ? `${text} · ${t('reading.frameTime', { index: frame.frameNumber, count: frame.frameCount })}`
    : text;
}

function place(dataSet: DataSet): string {
  const location = firstNumber(dataSet, TAG.SliceLocation);
  const thickness = firstNumber(dataSet, TAG.SliceThickness);
  return present([
    location === undefined ? undefined : t('reading.slice', { location: amount(location, 1) }),
    thickness === undefined ? undefined : t('reading.thickness', { thickness: amount(thickness, 2) }),
  ]).join(' · ');
}

/** Which side the image is of, and the view. PS3.3 C.8.11.7, C.8.7.1. */
function side(dataSet: DataSet): string {
  const laterality =
    firstText(dataSet, TAG.ImageLaterality) ?? firstText(dataSet, '00209072') ?? firstText(dataSet, TAG.Laterality);
  const name = laterality === undefined ? undefined : textOf('reading', `side${laterality}`);
  return present([name === undefined ? undefined : t('reading.side', { side: name }), firstText(dataSet, TAG.ViewPosition)]).join(
    ' · ',
  );
}

function lossyText(dataSet: DataSet): string | undefined {
  if (firstText(dataSet, TAG.LossyImageCompression) !== '01') {
    return undefined;
  }
  const ratio = firstNumber(dataSet, TAG.LossyImageCompressionRatio);
  return ratio === undefined || ratio <= 1 ? t('reading.lossy') : t('reading.lossyRatio', { ratio: amount(ratio, 1) });
}

function windowText({ window }: GreyScale): string {
  const digits = window.width < 10 ? 2 : 0;
  return t('reading.windowText', { width: amount(window.width, digits), center: amount(window.center, digits) });
}
