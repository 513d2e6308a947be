import type { Log, Source } from '@filmless/access';
import type { ArchiveCore } from './archive-core.ts';
import type { StoreOutcome } from './store-outcome.ts';

/** An instance that came over HTTP and is kept: what routing has to know of it. */
interface ArrivedInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Of the Part 10 file. */
  readonly bytes: number;
}

/** Hears of what came over HTTP before its sender is answered; `isNew`: the object was not kept before. */
export type ArrivalListener = (instance: ArrivedInstance, source: Source, isNew: boolean) => Promise<void>;

/** Stores, and tells of what is kept. Where the listener fails the sender is told to send again: what it holds then is a copy. */
export function storeAndTell(
  core: Pick<ArchiveCore, 'store'>,
  listener: ArrivalListener | undefined,
  log: Log,
): ArchiveCore['store'] {
  return async (received, source, options) => {
    const { size } = received;
    const outcome = await core.store(received, source, options);
    // What conflicts is kept aside for a person and goes nowhere else until she has decided.
    if (listener === undefined || outcome.status === 'refused' || outcome.status === 'conflict') {
      return outcome;
    }
    const { status, warnings: _, ...instance } = outcome;
    try {
      await listener({ ...instance, bytes: size }, source, status === 'stored');
      return outcome;
    } catch (error) {
      log.error({ error: String(error) }, 'arrival-not-told');
      return notTold(outcome);
    }
  };
}

function notTold({ sopInstanceUid, sopClassUid }: Exclude<StoreOutcome, { readonly status: 'refused' }>): StoreOutcome {
  const message = 'it is kept, and where it goes on to could not be noted: send again later';
  return { status: 'refused', reason: 'away', message, sopInstanceUid, sopClassUid };
}
