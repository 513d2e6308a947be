import type { Translated } from '../message.ts';
import type { share as vi } from '../vi/share.ts';

export const share: Translated<typeof vi> = {
  title: 'share',
};
