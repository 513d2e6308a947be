import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';

export const report: Translated<Catalogue['report']> = {
  complete: 'Complete',
  partial: 'Partial',
  verified: 'Verified by {by}',
  unverified: 'Unverified',
  cut: 'The report is longer than what is shown: download the file to see all of it.',
  imageElsewhere: 'image of another study, or of a series not opened yet',
  showImage: 'Show image',
  shape: 'drawing {shape}, {count} points',
  object: 'object {uid}',
  same: 'see line {place}',
  unknown: 'content of type {type}',
};
