import type { Translated } from '../message.ts';
import type { audit as vi } from '../vi/audit.ts';

export const audit: Translated<typeof vi> = {
  title: 'audit',
};
