import type { DataSet, TagKey } from '@filmless/dicom';
import type { LegalBasis } from './decision.ts';

/** Where an instance came from, as far as rules and loops ask. */
export interface ArrivalSource {
  readonly kind: 'dimse' | 'stow';
  /** The machine that made or sent it; over HTTP only where a router in front names it. */
  readonly callingAe?: string | undefined;
  readonly address: string;
  /** Name of the user or token that uploaded. */
  readonly user?: string | undefined;
  readonly facility: string;
}

/** All that rules look at of one instance. */
export interface Facts {
  readonly source: ArrivalSource;
  /** The header, or the part of it that is known. */
  readonly header: DataSet;
  /** The tags `header` tells of, absent ones too; undefined when it is whole. */
  readonly known?: ReadonlySet<TagKey> | undefined;
  /** The study counts as complete. */
  readonly complete: boolean;
  /** When it arrived, which `hours` asks; milliseconds since 1970. */
  readonly at: number;
  /** When it is decided, from which `hold` counts. */
  readonly now: number;
}

/** What routing knows of a destination. */
export interface RoutedDestination {
  readonly id: string;
  readonly aeTitle?: string | undefined;
  /** Gets what fits by C-STORE without a rule; undefined: only rules send there. */
  readonly when?: { readonly callingAes: readonly string[]; readonly modalities: readonly string[] } | undefined;
  /** The other facility it stands in. */
  readonly site?: string | undefined;
  readonly legal?: LegalBasis | undefined;
}

/** An instance never goes to where it came from. */
export function isSource({ id, aeTitle, site }: RoutedDestination, { callingAe, user }: ArrivalSource): boolean {
  const byTitle = aeTitle !== undefined && callingAe !== undefined && aeTitle === callingAe;
  return byTitle || (user !== undefined && (user === id || user === site));
}
