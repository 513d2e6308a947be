import type { RouterOptions } from '@filmless/dicom-router';

function refuse(): Promise<never> {
  return Promise.reject(new Error('nothing is received here'));
}

/** Takes nothing in: for a router of which only the settings are wanted, while the folder of received files may be another process's. */
export const NO_RECEPTION: RouterOptions['reception'] = {
  receive: refuse,
  open: refuse,
  release: () => Promise.resolve(),
  rewrite: refuse,
  hasRoom: () => Promise.resolve(false),
};
