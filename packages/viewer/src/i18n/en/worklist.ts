import type { Translated } from '../message.ts';
import type { worklist as vi } from '../vi/worklist.ts';

export const worklist: Translated<typeof vi> = {
  title: 'worklist',
};
