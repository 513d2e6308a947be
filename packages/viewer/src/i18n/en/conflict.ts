import type { Translated } from '../message.ts';
import type { conflict as vi } from '../vi/conflict.ts';

export const conflict: Translated<typeof vi> = {
  title: 'conflict',
};
