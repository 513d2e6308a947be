import type { Translated } from '../message.ts';
import type { Catalogue } from '../vi/index.ts';

export const priors: Translated<Catalogue['priors']> = {
  title: 'Prior studies',
  none: 'No other study of this patient.',
  failed: 'Could not be loaded: {reason}',
  compareWith: 'Compare with {study}',
  earlier: 'Prior',
  later: 'Later',
  sameDay: 'Same day',
  undated: 'No date',
  current: 'Current',
  doubtful: 'The same patient ID, but name, birth date or sex differ',
  doubtfulName: 'The same patient ID, but name, birth date or sex differ: {name}',
  comparePrior: 'Compare with the closest prior',
};
