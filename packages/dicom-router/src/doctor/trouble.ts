import { type Cause, type Facts, isCause } from '../finding.ts';
import type { Tables } from '../records/tables.ts';
import type { Ailing } from './diagnosis.ts';

/** Something that went wrong with a peer, as often as it did. */
export interface Trouble extends Ailing {
  readonly id: number;
  readonly direction: 'in' | 'out';
  readonly cause: Cause;
  readonly scope: 'association' | 'operation';
  readonly called: string;
  readonly secure: boolean;
  /** What we called for; empty where we were called. */
  readonly purpose: string;
  readonly destination: string | null;
  /** What the log calls the association it was seen in last. */
  readonly association: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
  /** When the same peer got through without it; null while it did not. */
  readonly settledAt: number | null;
}

type Row = { readonly [K in keyof Tables['trouble']]: K extends 'id' ? number : Tables['trouble'][K] };

/** A trouble from its row; an unknown cause is one that a newer version wrote. */
export function troubleOf(row: Row, ownTitle: string): Trouble {
  return {
    id: row.id,
    direction: row.direction,
    cause: isCause(row.cause) ? row.cause : 'fault-here',
    scope: row.scope,
    title: row.title,
    calling: row.direction === 'in' ? row.title : ownTitle,
    called: row.called_ae,
    address: row.address,
    port: row.port,
    secure: row.secure === 1,
    purpose: row.purpose,
    destination: row.destination,
    facts: parseFacts(row.facts),
    detail: row.detail,
    association: row.association,
    firstAt: row.first_at,
    lastAt: row.last_at,
    times: row.times,
    settledAt: row.settled_at,
  };
}

/** What the journal wrote. */
function parseFacts(text: string): Facts {
  return JSON.parse(text) as Facts;
}
