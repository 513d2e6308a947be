import type { AppEnv, Source } from '@filmless/access';
import type { ReceivedObject } from '@filmless/dicom';
import type { Reception } from '@filmless/disk';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { StoreOptions } from './core/archive-core.ts';
import type { RefusedInstance } from './core/receipts/refusal-records.ts';
import type { StoreOutcome } from './core/store-outcome.ts';

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
  /** True while no study is kept. */
  isEmpty(): Promise<boolean>;
  /** Problems in words, none when ready. */
  problems(): Promise<readonly string[]>;
}
