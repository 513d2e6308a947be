/** How a peer speaks TLS. PS3.15 B. */
interface TlsSettings {
  /** SHA-256 of its certificate, 64 hexadecimal digits: nobody else is taken for it, and no authority need vouch for it. */
  readonly fingerprint?: string | undefined;
  /** The name that its certificate is issued to, where it is not the host it is called by. */
  readonly name?: string | undefined;
}

/** `true`: its certificate must be vouched for by an authority; `false` or absent: in the clear. */
export type TlsSetting = boolean | TlsSettings;
