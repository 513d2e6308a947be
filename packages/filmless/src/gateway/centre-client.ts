import { openHttpClient, routerLimits, TlsKeeper } from '@filmless/dicom-router';
import type { Ask } from './ask.ts';

export interface CentreAddress {
  readonly kind: 'filmless' | 'dicomweb';
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | undefined;
  /** PEM of authorities that are believed beside those of the web. */
  readonly authorities: string | undefined;
}

/** Asks the centre with the gateway's token. Where it is a DICOMweb service alone, its root stands for `/dicom-web`. */
export class CentreClient implements Disposable {
  readonly #client: ReturnType<typeof openHttpClient>;
  readonly ask: Ask;

  constructor({ kind, url, token, authorities }: CentreAddress) {
    this.#client = openHttpClient({ url, token, authorities, tlsKeeper: new TlsKeeper(), limits: routerLimits() });
    this.ask = async (path, { body, ...asked } = {}) =>
      await this.#client.fetch(kind === 'filmless' ? path : path.replace(/^\/dicom-web/, ''), {
        ...asked,
        ...(body === undefined ? {} : { body: Buffer.from(body) }),
      });
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}
