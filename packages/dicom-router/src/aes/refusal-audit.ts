import type { Access, AuditEvent, Log } from '@filmless/access';
import { messageOf } from '../errors.ts';
import type { Refused } from '../ul/acceptor.ts';
import { Seldom } from '../ul/seldom.ts';

/** A machine that is refused asks again every few seconds: one line in the trail is enough for a while. */
const SILENCE_MS = 300_000;
const REMEMBERED = 1_000;
/** Lines in `WINDOW_MS` for one address: who calls itself otherwise each time must not fill a trail that is never shortened. */
export const REFUSALS_PER_ADDRESS = 10;
const WINDOW_MS = 3_600_000;

/** What an address has had in its hour. */
interface Account {
  readonly since: number;
  lines: number;
  further: number;
}

/** Writes refused application entities into the audit trail. */
export class RefusalAudit {
  readonly #access: Pick<Access, 'audit'>;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #told: Seldom;
  readonly #accounts = new Map<string, Account>();

  constructor(access: Pick<Access, 'audit'>, log: Log, now: () => number) {
    this.#access = access;
    this.#log = log;
    this.#now = now;
    this.#told = new Seldom(SILENCE_MS, REMEMBERED, now);
  }

  /** Waits for nothing: a refusal is answered at once. */
  note({ id, reason, callingAe = '', calledAe = '', address, detail }: Refused): void {
    if (reason !== 'calling AE title not recognized' && reason !== 'called AE title not recognized') {
      return;
    }
    if (!this.#told.due(`${reason} ${callingAe} ${calledAe} ${address}`)) {
      return;
    }
    const account = this.#account(address);
    if (account.lines < REFUSALS_PER_ADDRESS) {
      account.lines += 1;
      this.#write({ subject: { kind: 'ae', id: callingAe, name: callingAe }, address, detail }, id);
      return;
    }
    if (account.further === 0) {
      const written = `${account.lines} refusals of this address were written within an hour`;
      this.#write({ address, detail: `${written}: further ones are only counted until the hour is over` }, id);
    }
    account.further += 1;
  }

  #account(address: string): Account {
    const known = this.#accounts.get(address);
    if (known !== undefined && this.#now() - known.since < WINDOW_MS) {
      return known;
    }
    this.#close(address);
    const [oldest] = this.#accounts.keys();
    if (oldest !== undefined && this.#accounts.size >= REMEMBERED) {
      this.#close(oldest);
    }
    const account = { since: this.#now(), lines: 0, further: 0 };
    this.#accounts.set(address, account);
    return account;
  }

  /** Forgets an address; what was only counted is written as a number. */
  #close(address: string): void {
    const { further } = this.#accounts.get(address) ?? { further: 0 };
    this.#accounts.delete(address);
    if (further > 0) {
      this.#write({ address, detail: `${further} further refusals of this address were counted` });
    }
  }

  #write(event: Pick<AuditEvent, 'subject' | 'address' | 'detail'>, association?: string): void {
    this.#access
      .audit({ action: 'association', outcome: 'refused', ...event })
      .catch((error: unknown) =>
        this.#log.error({ ...(association === undefined ? {} : { association }), problem: messageOf(error) }, 'audit.failed'),
      );
  }
}
