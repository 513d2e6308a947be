import type { DataSet, TagKey } from '@filmless/dicom';
import type { Destination } from './destination.ts';

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

/** An instance never goes to where it came from. */
export function isSource(destination: Destination, { callingAe, user }: ArrivalSource): boolean {
  const byTitle = destination.kind === 'dicom' && callingAe !== undefined && destination.aeTitle === callingAe;
  return byTitle || (user !== undefined && (user === destination.id || user === destination.site));
}
