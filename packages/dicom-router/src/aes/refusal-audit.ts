import type { Access, Log } from '@filmless/access';
import { messageOf } from '../errors.ts';
import type { Refused } from '../ul/acceptor.ts';

/** A machine that is refused asks again every few seconds: one line in the trail is enough for a while. */
const SILENCE_MS = 300_000;
const REMEMBERED = 1_000;

/** Writes refused application entities into the audit trail. */
export class RefusalAudit {
  readonly #access: Pick<Access, 'audit'>;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #told = new Map<string, number>();

  constructor(access: Pick<Access, 'audit'>, log: Log, now: () => number) {
    this.#access = access;
    this.#log = log;
    this.#now = now;
  }

  /** Waits for nothing: a refusal is answered at once. */
  note({ reason, callingAe = '', calledAe = '', address, detail }: Refused): void {
    if (reason !== 'calling AE title not recognized' && reason !== 'called AE title not recognized') {
      return;
    }
    const key = `${reason} ${callingAe} ${calledAe} ${address}`;
    const now = this.#now();
    if (now - (this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < SILENCE_MS) {
      return;
    }
    if (this.#told.size >= REMEMBERED) {
      this.#told.clear();
    }
    this.#told.set(key, now);
    const subject = { kind: 'ae', id: callingAe, name: callingAe } as const;
    this.#access
      .audit({ action: 'association', outcome: 'refused', subject, address, detail })
      .catch((error: unknown) => this.#log.error({ problem: messageOf(error) }, 'audit.failed'));
  }
}
