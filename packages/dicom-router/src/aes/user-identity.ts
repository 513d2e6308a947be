import { type Access, AccessError, type Log } from '@filmless/access';
import { messageOf } from '../errors.ts';
import type { AcceptorPolicy, IdentityDecision, Origin } from '../ul/negotiation.ts';
import type { UserIdentity } from '../ul/pdu/model.ts';
import type { Rejection } from '../ul/rejection.ts';
import { Seldom } from '../ul/seldom.ts';

/** User-Identity-Type. PS3.7 table D.3-14. */
const USERNAME = 1;
const USERNAME_AND_PASSCODE = 2;
const OTHERS: Readonly<Record<number, string>> = { 3: 'a Kerberos ticket', 4: 'a SAML assertion', 5: 'a JSON Web Token' };

/** Longest name and passcode that are looked at; accounts have shorter ones. */
const MOST_BYTES = 1024;
/** A console that signs in for each query has one line in the trail in this time. */
const SILENCE_MS = 300_000;
const REMEMBERED = 1_000;

const TEXT = new TextDecoder('utf-8', { fatal: true });

/**
 * Decides about users that a request names. A name with a passcode is tried against the accounts, within the limits of attempts that
 * hold for signing in; a name alone is let in and not believed; other proofs cannot be checked here. PS3.7 D.3.3.7.
 */
export function accountIdentity(
  access: Pick<Access, 'signIn' | 'audit'>,
  log: Log,
  now: () => number,
): AcceptorPolicy['identity'] {
  const told = new Seldom(SILENCE_MS, REMEMBERED, now);
  return async (identity, { callingAe }, origin) => {
    if (identity.type === USERNAME) {
      const name = text(identity.primary);
      return name === undefined ? refused('its user name cannot be read') : { user: { name, verified: false } };
    }
    if (identity.type !== USERNAME_AND_PASSCODE) {
      const proof = OTHERS[identity.type] ?? `a user identity of type ${identity.type}`;
      return refused(`${callingAe} shows ${proof}; here user names with a passcode are known`);
    }
    return await signIn(identity, callingAe, origin);
  };

  async function signIn(identity: UserIdentity, callingAe: string, { address }: Origin): Promise<IdentityDecision> {
    const [name, passcode] = [text(identity.primary), text(identity.secondary)];
    if (name === undefined || passcode === undefined) {
      return refused('its user name or passcode cannot be read');
    }
    try {
      const subject = await access.signIn(name, passcode, address);
      if (told.due(`${subject.id} ${callingAe} ${address}`)) {
        const detail = `by the user identity of an association of ${callingAe}`;
        access
          .audit({ action: 'signin', outcome: 'success', subject, address, detail })
          .catch((error: unknown) => log.error({ problem: messageOf(error) }, 'audit.failed'));
      }
      return { user: { name: subject.name, verified: true }, response: new Uint8Array() };
    } catch (error) {
      if (error instanceof AccessError) {
        return { rejection: rejectionOf(error, callingAe) };
      }
      throw error;
    }
  }
}

/** NOTE: the name is not repeated: people type their password where it belongs. */
function rejectionOf(error: AccessError, callingAe: string): Rejection {
  const waits = error.code === 'too-many-attempts' || error.code === 'busy';
  return {
    reason: waits ? 'temporary congestion' : 'no reason given',
    detail: `the user that ${callingAe} names is not let in: ${error.message}`,
    finding: { cause: 'user-refused', facts: { later: waits } },
  };
}

function refused(detail: string): IdentityDecision {
  return { rejection: { reason: 'no reason given', detail, finding: { cause: 'user-refused', facts: { later: false } } } };
}

function text(bytes: Uint8Array): string | undefined {
  try {
    return bytes.byteLength > MOST_BYTES ? undefined : TEXT.decode(bytes);
  } catch {
    return undefined;
  }
}
