import type { TlsSetting } from '../routing/tls-setting.ts';

/** What an application entity may do. */
export type AePermission = 'echo' | 'store' | 'query' | 'retrieve';

export const AE_PERMISSIONS: readonly AePermission[] = ['echo', 'store', 'query', 'retrieve'];

/** What becomes of an object that differs from the one stored under the same UID. The other is never lost. */
export type OnConflict = 'ask' | 'keepFirst' | 'keepLast';

export const ON_CONFLICT: readonly OnConflict[] = ['ask', 'keepFirst', 'keepLast'];

/** What of the worklist an application entity is shown; what is absent limits nothing. */
export interface WorklistSettings {
  /** Modality (0008,0060) of the scheduled step. */
  readonly modalities?: readonly string[] | undefined;
  /** Scheduled Procedure Step Location (0040,0011). */
  readonly rooms?: readonly string[] | undefined;
  /** Steps that begin at most so many days before or after today; 0 is today alone. */
  readonly days?: number | undefined;
}

/** A known application entity, as in `filmless.yaml` and `/api/aes`. */
export interface AeConfig {
  readonly title: string;
  readonly host?: string;
  readonly port?: number;
  readonly may: readonly AePermission[];
  readonly facility: string;
  /** It calls, and is called, by TLS alone. */
  readonly tls?: TlsSetting;
  /** Character set its texts are read in, whatever it says of them: a term of PS3.3 C.12.1.1.2, or a code page. */
  readonly charsetIn?: string;
  /** Answers carry names in plain letters, for consoles that show no others. */
  readonly asciiNames?: boolean;
  /** `ask` unless told. */
  readonly onConflict?: OnConflict;
  readonly worklist?: WorklistSettings;
  /** Its images are emergencies: they are taken while the disk has no room for others. */
  readonly urgent?: boolean;
  /** Nobody is told when it falls silent: it is used seldom, or only calls when somebody wants something. */
  readonly quiet?: boolean;
}
