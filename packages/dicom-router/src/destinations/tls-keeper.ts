import type { TlsSetting } from '../routing/tls-setting.ts';
import type { TlsIdentity } from '../ul/tls/profile.ts';
import type { TlsClient } from '../ul/tls/tls-client.ts';
import type { TlsService } from '../ul/tls/tls-listener.ts';

/** What the router shows and believes, PEM. */
export interface TlsMaterial {
  /** Its own certificate; without one it calls peers that demand none, and is called by nobody. */
  readonly identity?: TlsIdentity | undefined;
  /** Authorities that vouch for peers, those that call and those that are called. */
  readonly authorities?: string | undefined;
}

/** Keeps what is shown and believed at the moment: it is renewed while the router runs. */
export class TlsKeeper {
  #material: TlsMaterial;

  constructor(material: TlsMaterial = {}) {
    this.#material = material;
  }

  renew(material: TlsMaterial): void {
    this.#material = material;
  }

  /** For the listener; undefined without a certificate. */
  get service(): TlsService | undefined {
    const { identity, authorities } = this.#material;
    return identity === undefined ? undefined : { identity, authorities };
  }

  /** How a peer with this setting is called; undefined for one that is called in the clear. */
  client(setting: TlsSetting | undefined): TlsClient | undefined {
    if (setting === undefined || setting === false) {
      return undefined;
    }
    return setting === true ? this.#material : { ...this.#material, ...setting };
  }
}
