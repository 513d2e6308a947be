import type { Centre } from '../config/model.ts';
import type { Ask } from './ask.ts';

/** Asks the centre with the gateway's token. Where it is a DICOMweb service alone, its root stands for `/dicom-web`. */
export async function centreAsk({ kind, url, token }: Centre): Promise<Ask> {
  return await Promise.resolve((path, init = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined) {
      headers.set('authorization', `Bearer ${token}`);
    }
    return fetch(url + (kind === 'filmless' ? path : path.replace(/^\/dicom-web/, '')), { ...init, headers });
  });
}
