import type { AppEnv, Source } from '@filmless/access';
import type { ReceivedObject } from '@filmless/dicom';
import type { Reception } from '@filmless/disk';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { StoreOptions } from './core/archive-core.ts';
import type { QuietPage, QuietStudy } from './core/index-port.ts';
import type { StoredInstance } from './core/model.ts';
import type { RefusedInstance } from './core/receipts/refusal-records.ts';
import type { RemovalRecords } from './core/removal-records.ts';
import type { StoreOutcome } from './core/store-outcome.ts';

/** Studies here whose objects another archive keeps too, and what was removed of them. */
export interface Copies {
  /** Studies without open conflicts of which nothing was received since a time, the longest quiet first. */
  quiet(page: QuietPage): Promise<readonly QuietStudy[]>;
  instances(studyInstanceUid: string): AsyncIterable<StoredInstance>;
  /** Removes a whole study. False, and nothing is done, when it has something beside these instances, an open conflict, or is not there. */
  remove(studyInstanceUid: string, instances: readonly StoredInstance[]): Promise<boolean>;
  /** What was removed before. */
  readonly removed: Pick<RemovalRecords, 'find' | 'list' | 'total'>;
}

/** The archive as its host sees it. */
export interface Archive extends AsyncDisposable {
  /** `/dicom-web/*`, `/api/studies*`, `/api/conflicts*`, `/api/events`. */
  readonly app: OpenAPIHono<AppEnv>;
  /** Takes over a received object; resolves once object and index are durable. Never throws for a bad object, and lets it go in any case. */
  adopt(received: ReceivedObject, source: Source, options?: Pick<StoreOptions, 'onConflict'>): Promise<StoreOutcome>;
  /** Takes in what `adopt` takes over. */
  readonly reception: Reception;
  /** An instance was sent and not taken by whoever receives for the archive. Never waits. */
  refused(refused: Omit<RefusedInstance, 'at'>): void;
  /** What `transfers` tells of a study changed. Never waits. */
  changed(studyInstanceUid: string): void;
  /** Removes what another archive keeps, for whoever has asked that one. */
  readonly copies: Copies;
  /** True while no study is kept. */
  isEmpty(): Promise<boolean>;
  /** Problems in words, none when ready. */
  problems(): Promise<readonly string[]>;
}
