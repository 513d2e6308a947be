import { type DataSet, firstNumber, firstText, numbers, personName, TAG } from '@filmless/dicom';
import type { CornerText } from '../../core/ports.ts';
import type { Annotation } from './render-options.ts';

/** Longer texts would cover the image. */
const SHOWN_CHARACTERS = 64;

const text = (header: DataSet, tag: string): string => (firstText(header, tag) ?? '').trim().slice(0, SHOWN_CHARACTERS);

/** The texts burnt into the corners of a picture: whose it is, and how it was made. PS3.18 8.3.5.1.1. */
export function cornerTexts(
  header: DataSet,
  frameIndex: number,
  frames: number,
  asked: readonly Annotation[],
): readonly CornerText[] {
  return [
    ...(asked.includes('patient') ? [{ corner: 'top-left', lines: patientLines(header) } as const] : []),
    ...(asked.includes('technique')
      ? [
          { corner: 'top-right', lines: studyLines(header) } as const,
          { corner: 'bottom-left', lines: techniqueLines(header, frameIndex, frames) } as const,
        ]
      : []),
  ].map(({ corner, lines }) => ({ corner, lines: lines.filter((line) => line !== '') }));
}

function patientLines(header: DataSet): readonly string[] {
  const name = personName(header, TAG.PatientName);
  const shown = name?.Alphabetic ?? name?.Ideographic ?? '';
  return [
    shown.split('^').filter(Boolean).join(' ').slice(0, SHOWN_CHARACTERS),
    text(header, TAG.PatientID),
    [dateOf(text(header, TAG.PatientBirthDate)), text(header, TAG.PatientSex)].filter(Boolean).join(' '),
  ];
}

function studyLines(header: DataSet): readonly string[] {
  return [
    text(header, '00080080'),
    [dateOf(text(header, TAG.StudyDate)), timeOf(text(header, TAG.StudyTime))].filter(Boolean).join(' '),
    text(header, TAG.StudyDescription),
    text(header, TAG.SeriesDescription),
  ];
}

/** What was set, with its unit, by the attributes modalities write. PS3.3 C.8. */
const SETTINGS: readonly (readonly [tag: string, before: string, behind: string])[] = [
  ['00180060', '', ' kV'],
  ['00181151', '', ' mA'],
  ['00181152', '', ' mAs'],
  ['00180080', 'TR ', ' ms'],
  ['00180081', 'TE ', ' ms'],
  ['00180050', '', ' mm'],
];

function techniqueLines(header: DataSet, frameIndex: number, frames: number): readonly string[] {
  const settings = SETTINGS.flatMap(([tag, before, behind]) => {
    const value = firstNumber(header, tag);
    return value === undefined ? [] : [`${before}${Number(value.toFixed(2))}${behind}`];
  });
  const location = firstNumber(header, '00201041') ?? numbers(header, '00200032')[2];
  const series = text(header, TAG.SeriesNumber);
  const image = text(header, TAG.InstanceNumber);
  return [
    text(header, TAG.Modality),
    settings.join(' '),
    location === undefined ? '' : `${location.toFixed(1)} mm`,
    [series && `Se ${series}`, image && `Im ${image}`, frames > 1 ? `Fr ${frameIndex + 1}/${frames}` : '']
      .filter(Boolean)
      .join('  '),
  ];
}

function dateOf(value: string): string {
  return /^[0-9]{8}$/.test(value) ? `${value.slice(6)}/${value.slice(4, 6)}/${value.slice(0, 4)}` : value;
}

function timeOf(value: string): string {
  return /^[0-9]{4}/.test(value) ? `${value.slice(0, 2)}:${value.slice(2, 4)}` : '';
}
