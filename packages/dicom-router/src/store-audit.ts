import type { Access, AuditEvent, Log, Source } from '@filmless/access';
import { messageOf } from './errors.ts';
import type { Deposit, DepositOutcome } from './router.ts';
import type { Association } from './ul/association.ts';
import { Seldom } from './ul/seldom.ts';

/** An association may stay open all day: what it stored is written this often. */
const WRITE_MS = 60_000;
/** Studies gathered for one association; with more they are written at once. */
const MOST_STUDIES = 100;
/** A study sent again, with nothing new in it, has one line in this time: some machines send everything again every minute. */
const REPEATED_MS = 300_000;
const REMEMBERED = 10_000;

/** What of one study came by one association. */
interface Gathered {
  readonly studyInstanceUid: string | undefined;
  readonly facility: string;
  instances: number;
  conflicts: number;
  identical: number;
}

/** Whose deeds are written. */
type Caller = Pick<Association, 'id' | 'peer'>;

/** Writes into the audit trail who sent which study: a line for each study and association. */
export class StoreAudit {
  readonly #access: Pick<Access, 'audit'>;
  readonly #log: Log;
  readonly #repeated: Seldom;

  constructor(access: Pick<Access, 'audit'>, log: Log, now: () => number) {
    this.#access = access;
    this.#log = log;
    this.#repeated = new Seldom(REPEATED_MS, REMEMBERED, now);
  }

  begin(association: Caller): AssociationAudit {
    return new AssociationAudit((lines) => this.#write(association, lines));
  }

  async #write({ id, peer }: Caller, lines: readonly Gathered[]): Promise<void> {
    const { callingAe, address } = peer;
    const subject = { kind: 'ae', id: callingAe, name: callingAe } as const;
    const news = lines.filter(
      ({ studyInstanceUid, instances, identical }) =>
        identical < instances || this.#repeated.due(`${callingAe} ${address} ${studyInstanceUid}`),
    );
    await Promise.all(
      news.map((line) =>
        this.#access
          .audit({ action: 'study.store', subject, address, ...eventOf(line) })
          .catch((error: unknown) => this.#log.error({ association: id, problem: messageOf(error) }, 'audit.failed')),
      ),
    );
  }
}

/** Gathers what one association stores. Never holds up or fails a C-STORE. */
export class AssociationAudit {
  readonly #write: (lines: readonly Gathered[]) => Promise<void>;
  readonly #gathered = new Map<string, Gathered>();
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (lines: readonly Gathered[]) => Promise<void>) {
    this.#write = write;
  }

  /** The same deposit, watched. */
  watch(deposit: Deposit): Deposit {
    return async (object, source, options) => {
      const outcome = await deposit(object, source, options);
      this.#note(outcome, source);
      return outcome;
    };
  }

  /** Resolves once the last line is written. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = [...this.#gathered.values()];
    this.#gathered.clear();
    await this.#write(lines);
  }

  /** NOTE: what is broken or finds no room is no deed: the log of associations counts it. */
  #note(outcome: DepositOutcome, { facility }: Source): void {
    if (outcome.status === 'refused' && outcome.reason !== 'forbidden') {
      return;
    }
    const studyInstanceUid = outcome.status === 'refused' ? undefined : outcome.studyInstanceUid;
    const key = `${studyInstanceUid} ${facility}`;
    const line = this.#gathered.get(key) ?? { studyInstanceUid, facility, instances: 0, conflicts: 0, identical: 0 };
    line.instances += 1;
    line.conflicts += outcome.status === 'conflict' ? 1 : 0;
    line.identical += outcome.status === 'identical' ? 1 : 0;
    this.#gathered.set(key, line);
    this.#timer ??= setTimeout(() => void this.end(), WRITE_MS);
    if (this.#gathered.size >= MOST_STUDIES) {
      void this.end();
    }
  }
}

function eventOf(line: Gathered): Pick<AuditEvent, 'outcome' | 'facility' | 'studyInstanceUid' | 'detail'> {
  const { studyInstanceUid, facility, instances, conflicts, identical } = line;
  if (studyInstanceUid === undefined) {
    return { outcome: 'refused', facility, detail: `${instances} instances not stored: it may not store them` };
  }
  const aside = conflicts === 0 ? '' : `, ${conflicts} of them kept aside`;
  const known = identical === 0 ? '' : `, ${identical} of them known`;
  return { outcome: 'success', facility, studyInstanceUid, detail: `${instances} instances by C-STORE${aside}${known}` };
}
