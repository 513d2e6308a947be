import type { Translated } from '../message.ts';
import type { opening as vi } from '../vi/opening.ts';

export const opening: Translated<typeof vi> = {
  preview: 'Preview, the image itself is loading',
};
