import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';

export const publishing: Translated<Catalogue['publishing']> = {
  open: 'Publish (SR, key images)…',
  title: 'Publish into the study',
  what: 'What',
  report: 'Measurement report (DICOM SR)',
  images: 'Key images (DICOM KO)',
  why: 'Purpose',
  'title-of-interest': 'Of interest',
  'title-for-referring-provider': 'For the referring doctor',
  'title-for-surgery': 'For surgery',
  'title-for-teaching': 'For teaching',
  'title-for-conference': 'For conference',
  description: 'Note',
  choices: 'What is published',
  none: 'Nothing to publish yet: measure something or open an image.',
  elsewhere: 'open its series first',
  inView: 'in view',
  unsaved: 'Some measurements are not on the server yet: publish once they are saved.',
  hint: 'It becomes a new series of the study, sent on and found as any other. What was published is not changed: measure again and publish again.',
  send: 'Publish',
  doneReport: 'The measurement report was published into the study.',
  doneImages: 'The key images were published into the study.',
};
