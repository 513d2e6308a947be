import type { Socket } from 'node:net';
import { RouterError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { RouterLimits } from '../limits.ts';
import { type Association, fragmentBytes, type Pace, SocketAssociation } from './association.ts';
import { newAssociationId } from './association-id.ts';
import { type Called, callPeer } from './call.ts';
import { Connection, type Indication } from './connection.ts';
import { agreedContexts, agreedWindow, ownUserInformation, refusedContexts } from './negotiation.ts';
import {
  APPLICATION_CONTEXT,
  type AssociateAc,
  type AssociateRq,
  type ExtendedNegotiation,
  type ProposedContext,
  type RoleSelection,
  type UserIdentity,
  type UserInformation,
} from './pdu/model.ts';
import { describeRejection, rejectionFinding } from './rejection.ts';
import { speaksTls } from './tls/tls-client.ts';

export interface RequestOptions extends Called {
  readonly calledAe: string;
  readonly callingAe: string;
  /** At most 128. */
  readonly contexts: readonly ProposedContext[];
  /** What we want to be for a SOP class, where that is not user alone. PS3.7 D.3.3.4. */
  readonly roles?: readonly RoleSelection[];
  /** PS3.7 D.3.3.5. */
  readonly extended?: readonly ExtendedNegotiation[];
  /** PS3.7 D.3.3.7. */
  readonly userIdentity?: UserIdentity;
  /** How many operations of ours may be open, and how many of theirs; one each unless given and agreed to. PS3.7 D.3.3.3. */
  readonly asynchronousOperations?: { readonly invoked: number; readonly performed: number };
  /** Asked before each write of a message; at once unless given. */
  readonly pace?: Pace | undefined;
  /** It is being called already; called anew where that gives nothing. */
  readonly socket?: Promise<Socket | undefined> | undefined;
}

/**
 * Opens an association.
 * @throws RouterError `unreachable`, `untrusted`, `rejected`, `aborted`, `closed`, `timeout`, `protocol`
 */
export async function requestAssociation(options: RequestOptions): Promise<Association> {
  const { limits } = options;
  const socket = (await options.socket) ?? (await callPeer(options));
  const connection = new Connection(socket, 'requestor', limits);
  const request: AssociateRq = {
    type: 'associate-rq',
    protocolVersion: 1,
    calledAe: options.calledAe,
    callingAe: options.callingAe,
    applicationContext: APPLICATION_CONTEXT,
    contexts: options.contexts,
    user: proposedUser(options),
  };
  connection.send('transportConfirmed', request);
  const indication = await answerTo(connection, options);
  switch (indication.kind) {
    case 'accepted':
      return established(connection, options, request, indication.pdu);
    case 'rejected':
      throw new RouterError('rejected', `${options.calledAe} ${describeRejection(indication.pdu)}`, {
        finding: rejectionFinding(indication.pdu),
      });
    case 'aborted':
      throw await unanswered(indication.error, options);
    case 'associate':
    case 'data':
    case 'release':
    case 'released':
    case 'interrupted':
      connection.destroy();
      throw new RouterError('protocol', `${options.calledAe} answered the association request with ${indication.kind}`);
  }
}

/** Why an association request was not answered: a port that speaks TLS says nothing in the clear, and only closes. */
async function unanswered(error: RouterError, { host, port, tls, socket, limits, signal }: RequestOptions): Promise<RouterError> {
  if (signal?.aborted === true || (error.code !== 'timeout' && error.code !== 'closed')) {
    return error;
  }
  if (socket !== undefined && error.code === 'closed') {
    // It was called early, and may have hung up for that: whoever called it calls it anew.
    return error;
  }
  const finding: Finding =
    error.code === 'timeout'
      ? { cause: 'timeout-answer', facts: { seconds: limits.artimMs / 1000 } }
      : { cause: tls === undefined && (await speaksTls({ host, port })) ? 'peer-wants-tls' : 'peer-hung-up', facts: {} };
  return new RouterError(error.code, error.message, { cause: error, finding });
}

function proposedUser(options: RequestOptions): UserInformation {
  const { roles, extended, userIdentity, asynchronousOperations, limits } = options;
  const own = ownUserInformation(limits.pduBytes);
  return {
    ...own,
    roles: roles ?? own.roles,
    extended: extended ?? own.extended,
    ...(userIdentity === undefined ? {} : { userIdentity }),
    ...(asynchronousOperations === undefined ? {} : { asynchronousOperations }),
  };
}

function established(
  connection: Connection,
  { callingAe, calledAe, host, tls, limits, pace }: RequestOptions,
  proposed: AssociateRq,
  answered: AssociateAc,
): Association {
  const { user } = answered;
  const peer = {
    callingAe,
    calledAe,
    address: host,
    secure: tls !== undefined,
    implementationClassUid: user.implementationClassUid,
    ...(user.implementationVersionName === undefined ? {} : { implementationVersionName: user.implementationVersionName }),
  };
  const agreement = {
    peer,
    role: 'requestor',
    contexts: agreedContexts({ proposed, answered }),
    refused: refusedContexts({ proposed, answered }),
    window: agreedWindow({ proposed, answered }, 'requestor'),
    maxFragmentBytes: fragmentBytesOrAbort(connection, user, limits),
    pace,
  } as const;
  return new SocketAssociation(newAssociationId(), connection, agreement, limits.responseMs);
}

async function answerTo(connection: Connection, { limits, signal }: RequestOptions): Promise<Indication> {
  const abort = () => connection.abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await connection.next(limits.artimMs);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function fragmentBytesOrAbort(connection: Connection, user: UserInformation, limits: RouterLimits): number {
  try {
    return fragmentBytes(user, limits.sentPduBytes);
  } catch (error) {
    connection.abort();
    throw error;
  }
}
