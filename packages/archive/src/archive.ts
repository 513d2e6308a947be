import type { AppEnv, Source } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ReceivedFile, StoreOutcome } from './core/received-file.ts';

/** The archive as its host sees it. */
export interface Archive extends AsyncDisposable {
  /** `/dicom-web/*`, `/api/studies*`, `/api/conflicts*`, `/api/events`. */
  readonly app: OpenAPIHono<AppEnv>;
  /** Takes over a synced file by rename; resolves once object and index are on disk. Never throws for a bad object. */
  adopt(file: ReceivedFile, source: Source): Promise<StoreOutcome>;
  /** Where received files must lie so that `adopt` can rename them. */
  readonly incomingDir: string;
  /** True while no study is kept. */
  isEmpty(): Promise<boolean>;
  /** Problems in words, none when ready. */
  problems(): Promise<readonly string[]>;
}
