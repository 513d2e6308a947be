import { firstText, TAG } from '@filmless/dicom';
import type { ImageFrame } from '../../imaging/model/image-frame.ts';
import type { ViewportWords } from '../viewport-words.ts';

/** Without who, where and when: left and right, the series and how it is shown stay. */
export function withoutName({ corners, letters }: ViewportWords): ViewportWords {
  return { corners: { ...corners, topLeft: [], topRight: [] }, letters };
}

/** What no file system takes in a name. */
const UNFIT = /[\p{Cc}\\/:*?"<>|]/gu;

/** Named after patient and day where the picture is, else after what is in it alone. */
export function pictureName({ dataSet, frameNumber, frameCount }: ImageFrame, { corners }: ViewportWords): string {
  const [patient] = corners.topLeft;
  const day = firstText(dataSet, TAG.StudyDate);
  const number = firstText(dataSet, TAG.InstanceNumber);
  const series = firstText(dataSet, TAG.SeriesNumber);
  const parts = [
    ...(patient === undefined ? [] : [patient, day]),
    firstText(dataSet, TAG.Modality),
    [series, number, frameCount > 1 ? String(frameNumber) : undefined].filter((part) => part !== undefined).join('-'),
  ];
  const name = parts.filter((part) => part !== undefined && part !== '').join(' ');
  return `${name.replaceAll(UNFIT, ' ').slice(0, 120).trim()}.png`;
}
