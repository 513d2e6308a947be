import type { Translated } from '../message.ts';
import type { app as vi } from '../vi/app.ts';

export const app: Translated<typeof vi> = {
  navigation: 'Main pages',
  studies: 'Studies',
  unreachable: 'The server cannot be reached',
  outdated: 'This page could not be loaded',
  outdatedText: 'The network was interrupted, or the system was updated. Reload the page.',
};
