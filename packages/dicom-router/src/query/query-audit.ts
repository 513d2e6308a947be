import type { Access, AuditEvent, Log } from '@filmless/access';
import { messageOf } from '../errors.ts';
import type { OnBehalf } from '../router.ts';
import { Seldom } from '../ul/seldom.ts';

/** Workstations ask the same every few seconds: one line in the trail is enough for a while. */
const REPEATED_MS = 300_000;
const REMEMBERED = 10_000;

type Deed = Pick<AuditEvent, 'action' | 'outcome' | 'studyInstanceUid' | 'detail'>;

/** Writes into the audit trail who asked and who fetched. Never holds up or fails an operation. */
export class QueryAudit {
  readonly #access: Pick<Access, 'audit'>;
  readonly #log: Log;
  readonly #repeated: Seldom;

  constructor(access: Pick<Access, 'audit'>, log: Log, now: () => number) {
    this.#access = access;
    this.#log = log;
    this.#repeated = new Seldom(REPEATED_MS, REMEMBERED, now);
  }

  /** A question; the same one of the same caller is written once in a while. */
  query(caller: OnBehalf, event: Omit<Deed, 'action'>): void {
    const { outcome, studyInstanceUid = '', detail = '' } = event;
    if (this.#repeated.due(`${caller.aeTitle} ${caller.address} ${outcome} ${studyInstanceUid} ${detail}`)) {
      this.#write(caller, { action: 'query', ...event });
    }
  }

  /** Images that went out, or were to. */
  retrieve(caller: OnBehalf, event: Omit<Deed, 'action'>): void {
    this.#write(caller, { action: 'study.retrieve', ...event });
  }

  #write({ aeTitle, facility, address }: OnBehalf, deed: Deed): void {
    const subject = { kind: 'ae', id: aeTitle, name: aeTitle } as const;
    this.#access
      .audit({ ...deed, subject, facility, ...(address === undefined ? {} : { address }) })
      .catch((error: unknown) => this.#log.error({ callingAe: aeTitle, problem: messageOf(error) }, 'audit.failed'));
  }
}
