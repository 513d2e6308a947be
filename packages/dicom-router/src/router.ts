import type { Access, AppEnv, Log, Meter, Source } from '@filmless/access';
import type { ReceivedObject } from '@filmless/dicom';
import type { Reception } from '@filmless/disk';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AeConfig, AePermission } from './aes/ae-config.ts';
import type { TlsClients } from './aes/tls-policy.ts';
import type { NamedProfile } from './derive/deidentification.ts';
import type { Clock } from './destinations/clock.ts';
import type { StudyDeliveries } from './destinations/study-deliveries.ts';
import type { TlsMaterial } from './destinations/tls-keeper.ts';
import type { RouterLimits } from './limits.ts';
import type { Transfers } from './receipts/transfers.ts';
import type { QueuedInstance } from './records/deliveries.ts';
import type { Destination } from './routing/destination.ts';
import type { ArrivalSource } from './routing/facts.ts';
import type { ConfiguredRules } from './routing/parse-rules.ts';

export type DepositOutcome =
  | {
      readonly status: 'stored' | 'identical' | 'conflict';
      readonly studyInstanceUid: string;
      readonly seriesInstanceUid: string;
      readonly sopInstanceUid: string;
      readonly sopClassUid: string;
      readonly warnings: readonly string[];
    }
  | { readonly status: 'refused'; readonly reason: 'broken' | 'full' | 'away' | 'forbidden'; readonly message: string };

/**
 * Where a received instance becomes safe; the C-STORE is answered after it resolves. The object is the
 * port's from the call on: it lets it go, whatever becomes of it.
 */
export type Deposit = (object: ReceivedObject, source: Source, options?: DepositOptions) => Promise<DepositOutcome>;

/** An instance that was sent and not taken: whoever sent it must send it again. */
export interface RefusedInstance {
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  /** `full`: A700H, no room; `away`: A700H, it cannot be stored now; `broken`: C000H; `failed`: 0110H. PS3.4 B.2.3. */
  readonly reason: 'full' | 'away' | 'broken' | 'failed';
  readonly callingAe: string;
  readonly address: string;
  readonly facility: string;
}

/** What a setting of the sender says of its objects. */
export interface DepositOptions {
  /** Which is shown of two objects with one UID; without it a person decides. `by` is for the journal. */
  readonly onConflict?: { readonly keep: 'existing' | 'new'; readonly by: string };
}

/** An application entity that the router asks the archive for: the archive answers with what its facility may see. */
export interface OnBehalf {
  readonly aeTitle: string;
  readonly facility: string;
  /** IP address it calls from, for the audit trail. */
  readonly address?: string;
}

/**
 * A request to the archive, with an identity put in by whoever composes the two: that of the application entity it is made for
 * (what its facility may view and upload), or the router's own (all may be viewed) where it is made for none.
 */
export type ArchiveFetch = (request: Request, caller?: OnBehalf) => Promise<Response>;

export type { AeConfig, AePermission } from './aes/ae-config.ts';

/** DICOM over TLS, in and out. */
export interface RouterTls {
  readonly material: TlsMaterial;
  /** Listens too; needs a certificate. */
  readonly listen?: { /** 0 takes a free one. */ readonly port: number; readonly clients: TlsClients } | undefined;
}

export interface RouterOptions {
  /** Address to bind. */
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Peers are called in the clear alone, and call so, without it. */
  readonly tls?: RouterTls | undefined;
  readonly aeTitle: string;
  /** Holds `records/router.db`. */
  readonly dataDir: string;
  /** Takes instances in; the same that lets go what `deposit` was given. Its limits bound an instance and the disk. */
  readonly reception: Reception;
  readonly deposit: Deposit;
  /** Reads archived instances for deliveries: WADO-RS under `/dicom-web`. */
  readonly archiveFetch: ArchiveFetch;
  /** Where an object has to be before its sender may delete it, as a gateway's is safe at the centre; the archive itself unless told. */
  readonly safeAt?: ArchiveFetch | undefined;
  /** Told of studies whose receipt changed; never waits. */
  readonly changed?: ((studyInstanceUid: string) => void) | undefined;
  /** Told of instances that a machine sent and that were not taken; never waits. */
  readonly refused?: ((refused: RefusedInstance) => void) | undefined;
  readonly access: Pick<Access, 'guard' | 'audit' | 'facilities' | 'signIn'>;
  readonly log: Log;
  /** Told how long instances take; nobody unless given. */
  readonly meter?: Meter;
  /** Taken into the settings when these hold none. */
  readonly aes?: readonly AeConfig[];
  /** Likewise. */
  readonly destinations?: readonly Destination[];
  /** Routing rules, likewise. */
  readonly rules?: ConfiguredRules | undefined;
  /** Always there, as they stand here: their secrets are not kept, and nobody changes or removes them. */
  readonly fixedDestinations?: readonly Destination[];
  /** Profiles of de-identification, likewise. */
  readonly deidentification?: readonly NamedProfile[];
  /** What an application entity may do that is not listed; `[]` refuses it. */
  readonly unknownAes: readonly AePermission[];
  /** Facility of what unlisted application entities send. */
  readonly defaultFacility: string;
  /** Takes SOP classes that PS3.4 B.5 does not list, private ones among them; off unless told. */
  readonly unknownSopClasses?: boolean;
  readonly limits?: Partial<RouterLimits>;
  readonly clock?: Clock;
}

/** The router as its host sees it. */
export interface Router extends AsyncDisposable {
  /** `/api/aes`, `/api/destinations`, `/api/queues`, `/api/associations`. */
  readonly app: OpenAPIHono<AppEnv>;
  /** The port really bound. */
  readonly dicomPort: number;
  /** The same for TLS; undefined where nothing listens for it. */
  readonly dicomTlsPort: number | undefined;
  /** What is shown and believed from the next connection on. @throws when certificate and key do not belong together */
  renewTls(material: TlsMaterial): void;
  /** Associations at this moment. */
  readonly associations: number;
  /**
   * An instance came into the archive by another way than C-STORE. Resolves once where it goes is durable, decided or to be decided; whoever
   * sent it is answered then. `isNew`: the archive did not hold the object before.
   */
  arrived(instance: QueuedInstance, source: ArrivalSource, isNew: boolean): Promise<void>;
  /** What became of studies beyond the archive, for their receipts. */
  readonly transfers: Transfers;
  /** What of a study is still to be done here, and what of it a destination got as something else. */
  deliveriesOf(studyInstanceUid: string, destination: string): Promise<StudyDeliveries>;
  /** Listed machines that did not call in hours in which they usually do. */
  silentMachines(): number;
  /** Bytes that came to another port of this server: who speaks DICOM there is told of as one that failed. */
  astray(address: string, first: Uint8Array): void;
  /** Problems in words, none when ready. */
  problems(): readonly string[];
}
