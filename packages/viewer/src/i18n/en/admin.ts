import type { Translated } from '../message.ts';
import type { admin as vi } from '../vi/admin.ts';

export const admin: Translated<typeof vi> = {
  title: 'admin',
};
