import type { Translated } from '../message.ts';
import type { upload as vi } from '../vi/upload.ts';

export const upload: Translated<typeof vi> = {
  title: 'upload',
};
