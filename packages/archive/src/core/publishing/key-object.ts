import type { DataSet } from '@filmless/dicom';
import { CODE, codeItem, KEY_TITLE_CODES } from './codes.ts';
import { containerOf, content, type ImageReference } from './content.ts';
import { observers } from './measurement-report.ts';
import type { KeyTitle } from './model.ts';

export interface KeyObjectFacts {
  readonly title: KeyTitle;
  readonly description: string;
  readonly observer: string;
  readonly deviceUid: string;
  readonly images: readonly ImageReference[];
}

/** The content of a key object selection. PS3.16 TID 2010. */
export function keyObject({ title, description, observer, deviceUid, images }: KeyObjectFacts): DataSet {
  return {
    '0040A040': { vr: 'CS', Value: ['CONTAINER'] },
    '0040A043': { vr: 'SQ', Value: [codeItem(KEY_TITLE_CODES[title])] },
    ...containerOf('2010'),
    '0040A730': {
      vr: 'SQ',
      Value: [
        ...observers(observer, deviceUid),
        ...(description === '' ? [] : [content.text('CONTAINS', CODE.keyDescription, description)]),
        ...images.map((image) => content.image('CONTAINS', image)),
      ],
    },
  };
}
