import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';

export const exporting: Translated<Catalogue['exporting']> = {
  picture: 'Save this picture (PNG)',
  pictureWithoutName: 'Save this picture without the patient’s name',
  series: 'Download this series (ZIP with DICOMDIR)',
  study: 'Download the study (ZIP with DICOMDIR)',
  begun: 'The ZIP is being downloaded: see your browser’s downloads.',
  failed: 'The picture could not be saved: {reason}',
};
