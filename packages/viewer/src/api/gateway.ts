import type { Client } from './client.ts';
import { flag, number, object, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

interface Room {
  readonly free: number;
  readonly total: number;
}

interface RemovedTotal {
  readonly studies: number;
  readonly instances: number;
  readonly bytes: number;
}

/** How the gateway of a site stands to the archive it belongs to. Times are ISO 8601. */
export interface Gateway {
  readonly centre: string;
  readonly reachedAt: string | null;
  /** Why it does not answer; null while it does. */
  readonly problem: string | null;
  /** Of when the worklist is. */
  readonly ordersAsOf: string | null;
  readonly copies: GatewayCopies | null;
}

export interface GatewayCopies {
  readonly keptMs: number;
  readonly room: Room | null;
  readonly short: boolean;
  readonly unconfirmed: number;
  readonly removed: RemovedTotal;
}

/** A study whose copies were removed here. */
export interface RemovedStudy {
  readonly studyInstanceUid: string;
  readonly facility: string;
  readonly instances: number;
  readonly bytes: number;
  readonly at: string;
}

const parseGateway: Parse<Gateway> = object<Gateway>({
  centre: text,
  reachedAt: or(text, null),
  problem: or(text, null),
  ordersAsOf: or(text, null),
  copies: or(
    object<GatewayCopies>({
      keptMs: number,
      room: or(object<Room>({ free: number, total: number }), null),
      short: flag,
      unconfirmed: number,
      removed: object<RemovedTotal>({ studies: number, instances: number, bytes: number }),
    }),
    null,
  ),
});

const parseRemoved: Parse<Page<RemovedStudy, string>> = pageIn(
  'removed',
  object<RemovedStudy>({ studyInstanceUid: text, facility: or(text, ''), instances: number, bytes: number, at: text }),
  text,
);

export function readGateway(client: Client, signal?: AbortSignal): Promise<Gateway> {
  return client.get('/api/gateway', parseGateway, signal);
}

export function readRemoved(client: Client, after?: string, signal?: AbortSignal): Promise<Page<RemovedStudy, string>> {
  return client.get(
    `/api/gateway/removed${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`,
    parseRemoved,
    signal,
  );
}

export function removeNow(client: Client): Promise<void> {
  return client.send('/api/gateway/removed', { method: 'POST' });
}
