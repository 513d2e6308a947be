import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '@filmless/dicom';
import type { AeDirectory } from '../aes/ae-directory.ts';
import type { Calls } from '../calls.ts';
import type { Clock } from '../destinations/clock.ts';
import type { Deliveries } from '../destinations/deliveries.ts';
import type { DestinationDirectory } from '../destinations/destination-directory.ts';
import type { TlsKeeper } from '../destinations/tls-keeper.ts';
import { openDialogue } from '../dimse/open-dialogue.ts';
import type { RouterLimits } from '../limits.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import type { RouterOptions } from '../router.ts';
import { CommitmentAsking } from './asking.ts';
import { Commitments } from './commitments.ts';
import { STORAGE_COMMITMENT_SOP_CLASS } from './sop-class.ts';

export interface CommitmentParts {
  readonly database: RouterDatabase;
  readonly aes: AeDirectory;
  readonly calls: Calls;
  readonly destinations: DestinationDirectory;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly limits: RouterLimits;
  readonly tls: TlsKeeper;
}

/** Both sides of storage commitment, at work until disposed of. */
export interface OpenedCommitment extends AsyncDisposable {
  readonly commitments: Commitments;
  readonly asking: CommitmentAsking;
}

const CONTEXTS = [
  {
    id: 1,
    abstractSyntax: STORAGE_COMMITMENT_SOP_CLASS,
    transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
  },
];
/** Who reports is the provider, although it calls. PS3.4 J.3.3.1.3. */
const PROVIDER = [{ sopClassUid: STORAGE_COMMITMENT_SOP_CLASS, scu: false, scp: true }];

/** Takes up what was left open, and goes on from there. */
export async function openCommitment(
  { archiveFetch, safeAt, aeTitle, changed, log }: Pick<RouterOptions, 'archiveFetch' | 'safeAt' | 'aeTitle' | 'changed' | 'log'>,
  { database, aes, calls, destinations, deliveries, clock, limits, tls }: CommitmentParts,
): Promise<OpenedCommitment> {
  const commitments = new Commitments({
    database,
    aes,
    archiveFetch,
    safeAt,
    aeTitle,
    clock,
    limits,
    log,
    changed,
    call: ({ title, host, port }, signal) =>
      openDialogue({
        host,
        port,
        calledAe: title,
        callingAe: aeTitle,
        contexts: CONTEXTS,
        roles: PROVIDER,
        tls: tls.client(aes.find(title)?.tls),
        limits,
        call: { purpose: 'commitment', calls },
        signal,
      }),
  });
  const asking = new CommitmentAsking({
    database,
    destinations: () => destinations.list().filter((destination) => destination.kind === 'dicom'),
    resent: (id) => deliveries.wake(id),
    changed,
    clock,
    limits,
    log,
    call: ({ id, aeTitle: calledAe, host, port, callingAe = aeTitle, tls: setting }, services, signal) => {
      const call = { purpose: 'commitment', destination: id, calls } as const;
      const whom = { host, port, calledAe, callingAe, tls: tls.client(setting) };
      return openDialogue({ ...whom, contexts: CONTEXTS, limits, call, signal }, services);
    },
  });
  await asking.start();
  commitments.start();
  return {
    commitments,
    asking,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([commitments[Symbol.asyncDispose](), asking[Symbol.asyncDispose]()]);
    },
  };
}
