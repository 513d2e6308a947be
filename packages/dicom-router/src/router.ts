import type { AppEnv, Source } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';

/** A received instance: a Part 10 file, written and synced with its folder. */
export interface DepositFile {
  readonly path: string;
  readonly size: number;
  /** Where the data set begins, after the file meta information. */
  readonly dataSetOffset: number;
  /** SHA-256 of the data set's bytes, in hexadecimal. */
  readonly sha256: string;
}

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
 * Where a received instance becomes safe; the C-STORE is answered after it resolves. `adopt` (same disk) takes the file over;
 * `stow` spools it for a remote archive. The file is the port's from the call on.
 */
export type Deposit = (file: DepositFile, source: Source) => Promise<DepositOutcome>;

/** What an application entity may do. */
export type AePermission = 'echo' | 'store' | 'query' | 'retrieve';

/** A known application entity, as in `filmless.yaml` and `/api/aes`. */
export interface AeConfig {
  readonly title: string;
  readonly host?: string;
  readonly port?: number;
  readonly may: readonly AePermission[];
  readonly facility: string;
}

/** The router as its host sees it. */
export interface Router extends AsyncDisposable {
  /** `/api/aes`, `/api/destinations`, `/api/queues`, `/api/associations`. */
  readonly app: OpenAPIHono<AppEnv>;
  /** The port really bound. */
  readonly dicomPort: number;
  /** Problems in words, none when ready. */
  problems(): readonly string[];
}
