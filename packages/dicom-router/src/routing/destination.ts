import type { LegalBasis } from './decision.ts';
import type { TlsSetting } from './tls-setting.ts';

/** Which instances go to a destination; an empty list leaves out no one. All lists must fit. */
export interface RoutingRule {
  readonly callingAes: readonly string[];
  readonly modalities: readonly string[];
  /** What comes over HTTP goes there, too; of a destination that the configuration gives. */
  readonly uploads?: boolean;
}

/** Bytes a second that a line is given, from an hour of the day to another, in local time; over midnight where `to` is not after `from`. */
export interface LineHours {
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
  readonly bytesPerSecond: number;
}

/** How much of a line is taken. The first of the hours that fits counts; outside of all `bytesPerSecond`; without it there is no bound. */
export interface LineSetting {
  readonly bytesPerSecond?: number | undefined;
  readonly hours?: readonly LineHours[] | undefined;
}

/** What every kind of destination has. */
interface DestinationBase {
  /** Chosen by a person; names the queue. */
  readonly id: string;
  /** What goes there whatever the rules say; without it they alone do. */
  readonly when?: RoutingRule;
  /** A destination that is off keeps its queue and sends nothing. */
  readonly enabled: boolean;
  /** Name of the other facility that gets the images; what goes there needs a legal basis. */
  readonly site?: string;
  /** The legal basis of what no rule gives another. */
  readonly basis?: LegalBasis;
  /** All of the line unless told. */
  readonly line?: LineSetting;
}

/** A DICOM node, which gets instances by C-STORE. */
export interface DicomDestination extends DestinationBase {
  readonly kind: 'dicom';
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  /** The title we call ourselves there; our own unless told. */
  readonly callingAe?: string;
  /** It is called by TLS. */
  readonly tls?: TlsSetting;
  /** It is asked whether it keeps safe what it got (storage commitment), and is sent again what it does not. */
  readonly commitment?: boolean;
}

/** What is shown to a web server. It is kept, and never given out again. */
export interface WebSecret {
  /** `Authorization: Bearer`: a token, or the key that another Filmless gave this site. */
  readonly token?: string | undefined;
  /** PEM of a certificate with its chain, and of its key: mutual TLS with another certificate than our own. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** A server that gets instances by STOW-RS; `filmless` is another Filmless, with which interrupted transfers go on where they stopped. */
export interface WebDestination extends DestinationBase {
  readonly kind: 'dicomweb' | 'filmless';
  /** `dicomweb`: the root of the service; `filmless`: the address of its page. */
  readonly url: string;
  /** For `https:` alone. Without it the authorities of the web, and those given here, are believed. */
  readonly tls?: Exclude<TlsSetting, boolean>;
  /** PEM of authorities that are believed for it alone; of one that the configuration gives. */
  readonly authorities?: string;
  /** Says from whom an instance came (`Filmless-Source`); only a token with the right `relay` may. */
  readonly relay?: boolean;
  readonly secret?: WebSecret;
}

/** A folder that gets Part 10 files. */
export interface FolderDestination extends DestinationBase {
  readonly kind: 'folder';
  /** Absolute. */
  readonly path: string;
  /** `hashed`: names that say nothing; `uids`: a folder for each study and series, named by its UID. */
  readonly names: 'hashed' | 'uids';
}

/** Something outside that gets what was stored here. */
export type Destination = DicomDestination | WebDestination | FolderDestination;
