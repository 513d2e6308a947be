import type { Translated } from '../message.ts';
import type { aes as vi } from '../vi/aes.ts';

export const aes: Translated<typeof vi> = {
  title: 'aes',
};
