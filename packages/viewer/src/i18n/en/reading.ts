import type { Translated } from '../message.ts';
import type { reading as vi } from '../vi/reading.ts';

export const reading: Translated<typeof vi> = {
  title: 'reading',
};
