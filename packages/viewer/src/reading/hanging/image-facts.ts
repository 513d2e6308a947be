import { type DataSet, firstText, items, TAG } from '@filmless/dicom';
import type { ImageFrame } from '../../imaging/model/image-frame.ts';
import type { SeriesEntry } from '../series-store.ts';
import type { HangingSeries, ImageFacts } from './place-images.ts';

/** What the codes of a mammography's view mean. PS3.16 CID 4014. */
const VIEW_CODES: Readonly<Record<string, string>> = {
  '399162004': 'CC',
  'R-10242': 'CC',
  '399368009': 'MLO',
  'R-10226': 'MLO',
};

function viewOf(dataSet: DataSet): string {
  const [code] = items(dataSet, TAG.ViewCodeSequence);
  const meant = code === undefined ? undefined : VIEW_CODES[firstText(code, TAG.CodeValue) ?? ''];
  return firstText(dataSet, TAG.ViewPosition)?.trim() || meant || '';
}

/** Image Laterality, else that of its frame or of the series. PS3.3 C.8.11.7, C.7.3.1. */
function sideOf(dataSet: DataSet): 'L' | 'R' | undefined {
  const side = firstText(dataSet, TAG.ImageLaterality) ?? firstText(dataSet, '00209072') ?? firstText(dataSet, TAG.Laterality);
  return side === 'L' || side === 'R' ? side : undefined;
}

function factsOf({ dataSet }: ImageFrame, index: number): ImageFacts {
  return {
    index,
    view: viewOf(dataSet),
    side: sideOf(dataSet),
    isForPresentation: firstText(dataSet, TAG.PresentationIntentType) !== 'FOR PROCESSING',
  };
}

/** A series with what is known of its images by now. */
export function hangingSeries(entry: SeriesEntry): HangingSeries & { readonly entry: SeriesEntry } {
  const { value: content } = entry.content;
  return { ...entry.info, entry, images: content.phase === 'ready' ? content.frames.map(factsOf) : [] };
}
