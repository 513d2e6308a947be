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
  core: Pick<ArchiveCore, 'store' | 'refused'>,
  listener: ArrivalListener | undefined,
  log: Log,
): ArchiveCore['store'] {
  return async (received, source, options) => {
    const { size } = received;
    const outcome = await core.store(received, source, options);
    if (outcome.status === 'refused') {
      noteRefusal(core, outcome, source);
      return outcome;
    }
    // What conflicts is kept aside for a person and goes nowhere else until she has decided.
    if (listener === undefined || outcome.status === 'conflict') {
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

/** The receipt of its study tells of an instance that was not taken. */
function noteRefusal(
  core: Pick<ArchiveCore, 'refused'>,
  { reason, studyInstanceUid, sopInstanceUid }: Extract<StoreOutcome, { readonly status: 'refused' }>,
  { callingAe, user, address, facility }: Source,
): void {
  if (studyInstanceUid !== undefined && sopInstanceUid !== undefined && reason !== 'forbidden') {
    core.refused({ studyInstanceUid, sopInstanceUid, reason, sender: callingAe ?? user ?? '', address, facility });
  }
}

function notTold({ sopInstanceUid, sopClassUid }: Exclude<StoreOutcome, { readonly status: 'refused' }>): StoreOutcome {
  const message = 'it is kept, and where it goes on to could not be noted: send again later';
  return { status: 'refused', reason: 'away', message, sopInstanceUid, sopClassUid };
}
