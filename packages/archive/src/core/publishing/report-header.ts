import { type Attribute, type DataSet, newUid, TAG } from '@filmless/dicom';
import type { ImageReference } from './content.ts';

export interface PublishedImage extends ImageReference {
  readonly seriesInstanceUid: string;
}

export interface HeaderFacts {
  readonly kind: 'measurements' | 'key-images' | 'presentation';
  /** Patient and study, as other objects of the study have them. */
  readonly study: DataSet;
  readonly studyInstanceUid: string;
  readonly description: string;
  /** `YYYYMMDD`, `HHMMSS`: local. */
  readonly now: { readonly date: string; readonly time: string };
  readonly by: string;
  readonly images: readonly PublishedImage[];
}

/** SOP Class, Modality and where the series stands: behind those of machines, and behind documents. PS3.4 B.5. */
const CLASSES = {
  measurements: { sopClass: '1.2.840.10008.5.1.4.1.1.88.33', modality: 'SR', series: 9100 },
  'key-images': { sopClass: '1.2.840.10008.5.1.4.1.1.88.59', modality: 'KO', series: 9200 },
  presentation: { sopClass: '1.2.840.10008.5.1.4.1.1.11.1', modality: 'PR', series: 9300 },
} as const;

const text = (vr: 'CS' | 'DA' | 'IS' | 'LO' | 'TM' | 'UI', value: string): Attribute => ({ vr, Value: [value] });

/** Modules of a published object but its content: series, SR Document General or Key Object Document, equipment. PS3.3 A.33.1, A.35.3, A.35.4. */
export function reportHeader({ kind, study, studyInstanceUid, description, now, by, images }: HeaderFacts): DataSet {
  const { sopClass, modality, series } = CLASSES[kind];
  return {
    ...study,
    [TAG.InstanceCreationDate]: text('DA', now.date),
    [TAG.InstanceCreationTime]: text('TM', now.time),
    [TAG.SOPClassUID]: text('UI', sopClass),
    [TAG.SOPInstanceUID]: text('UI', newUid()),
    [TAG.SeriesDate]: text('DA', now.date),
    [TAG.ContentDate]: text('DA', now.date),
    [TAG.SeriesTime]: text('TM', now.time),
    [TAG.ContentTime]: text('TM', now.time),
    [TAG.Modality]: text('CS', modality),
    [TAG.Manufacturer]: text('LO', 'Filmless'),
    '00081090': text('LO', 'Filmless'),
    [TAG.SeriesDescription]: text('LO', description.slice(0, 64)),
    [TAG.OperatorsName]: { vr: 'PN', Value: [{ Alphabetic: by.replaceAll(/[\\^=]/g, ' ').slice(0, 64) }] },
    // Referenced Performed Procedure Step Sequence, type 2.
    '00081111': { vr: 'SQ' },
    '00181020': text('LO', '1'),
    '00181000': text('LO', '1'),
    [TAG.SeriesInstanceUID]: text('UI', newUid()),
    [TAG.SeriesNumber]: text('IS', String(series)),
    [TAG.InstanceNumber]: text('IS', '1'),
    ...(kind === 'presentation' ? {} : { '0040A375': evidence(studyInstanceUid, images) }),
    ...(kind === 'measurements'
      ? {
          '0040A372': { vr: 'SQ' } as const,
          '0040A491': text('CS', 'COMPLETE'),
          '0040A493': text('CS', 'UNVERIFIED'),
        }
      : {}),
  };
}

/** Which objects it speaks of. PS3.3 C.17.2.3, C.17.6.2. */
function evidence(studyInstanceUid: string, images: readonly PublishedImage[]): Attribute {
  const bySeries = Map.groupBy(images, ({ seriesInstanceUid }) => seriesInstanceUid);
  const series = [...bySeries].map(([seriesInstanceUid, own]): DataSet => {
    const objects = new Map(own.map((image) => [image.sopInstanceUid, image.sopClassUid]));
    return {
      '00081199': {
        vr: 'SQ',
        Value: [...objects].map(([sopInstanceUid, sopClassUid]) => ({
          '00081150': text('UI', sopClassUid),
          '00081155': text('UI', sopInstanceUid),
        })),
      },
      '0020000E': text('UI', seriesInstanceUid),
    };
  });
  return { vr: 'SQ', Value: [{ '00081115': { vr: 'SQ', Value: series }, '0020000D': text('UI', studyInstanceUid) }] };
}
