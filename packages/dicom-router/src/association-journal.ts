import type { Log } from '@filmless/access';
import type { Clock } from './destinations/clock.ts';
import type { Contacts } from './doctor/contacts.ts';
import { messageOf } from './errors.ts';
import type { Finding } from './finding.ts';
import type { RouterLimits } from './limits.ts';
import type { LoggedAssociation, LoggedTrouble } from './records/association-log.ts';
import type { RouterDatabase } from './records/router-database.ts';

/** How long lines are gathered for one commit. */
const FLUSH_MS = 1000;

/** An association that is over, or never came to be. */
export interface EndedAssociation {
  /** What the log calls it. */
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly callingAe: string;
  readonly calledAe: string;
  readonly address: string;
  /** Of the peer, where we called. */
  readonly port?: number;
  readonly secure: boolean;
  /** What we called for. */
  readonly purpose?: string;
  readonly destination?: string | undefined;
  readonly outcome: 'released' | 'aborted' | 'refused';
  /** Why, in the log's words, when it was not released. */
  readonly detail: string;
  readonly milliseconds?: number;
  readonly stored?: number;
  readonly failed?: number;
  readonly findings: readonly Noted[];
}

/** What went wrong, with the association as a whole or with operations of it. */
export interface Noted extends Finding {
  readonly scope: 'association' | 'operation';
  readonly detail: string;
}

/** The log of associations, with what went wrong: what a person looks at when a machine cannot send. */
export class AssociationJournal implements AsyncDisposable {
  readonly #database: RouterDatabase;
  readonly #limits: RouterLimits;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #contacts: Contacts;
  #entries: LoggedAssociation[] = [];
  /** Lines there was no room for since the last commit. */
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: {
    readonly database: RouterDatabase;
    readonly limits: RouterLimits;
    readonly clock: Clock;
    readonly log: Log;
    readonly contacts: Contacts;
  }) {
    this.#database = parts.database;
    this.#limits = parts.limits;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#contacts = parts.contacts;
  }

  /** An entity was let in. */
  began({ callingAe, address, secure }: Pick<EndedAssociation, 'callingAe' | 'address' | 'secure'>): void {
    this.#contacts.note({ title: callingAe, address, secure }, this.#clock.now());
  }

  /** Never waits and never fails: a log that cannot be written must not stop an examination. */
  add(ended: EndedAssociation): void {
    if (ended.direction === 'in' && ended.outcome !== 'refused') {
      this.began(ended);
    }
    if (this.#entries.length >= this.#limits.associationLogPending) {
      this.#dropped += 1;
      return;
    }
    this.#entries.push(entryOf(ended, this.#clock.now()));
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const associations = this.#entries;
    this.#entries = [];
    if (this.#dropped > 0) {
      this.#log.warn({ dropped: this.#dropped, kept: associations.length }, 'associations.log-full');
      this.#dropped = 0;
    }
    const contacts = this.#contacts.take();
    const { associationLog: keep, associationLogAlike: keepAlike, troubles, troublesPerAddress } = this.#limits;
    try {
      if (associations.length > 0) {
        await this.#database.write('logAssociations', { associations, keep, keepAlike, troubles, troublesPerAddress });
      }
      if (contacts !== undefined) {
        await this.#database.write('putContacts', contacts);
      }
    } catch (error) {
      this.#log.warn({ lines: associations.length, problem: messageOf(error) }, 'associations.log-failed');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}

function entryOf(ended: EndedAssociation, at: number): LoggedAssociation {
  const row = {
    association: ended.id,
    at,
    duration_ms: Math.round(ended.milliseconds ?? 0),
    calling_ae: ended.callingAe,
    called_ae: ended.calledAe,
    address: ended.address,
    outcome: ended.outcome,
    detail: text(ended.detail),
    stored: ended.stored ?? 0,
    failed: ended.failed ?? 0,
    direction: ended.direction,
    port: ended.port ?? null,
    secure: ended.secure ? 1 : 0,
    purpose: ended.purpose ?? '',
    destination: ended.destination ?? null,
  };
  return { row, troubles: ended.findings.map(troubleOf) };
}

/** A sentence, not a page: what a peer writes into one is its own. */
const LONGEST_DETAIL = 1_000;

function text(detail: string): string {
  return detail.slice(0, LONGEST_DETAIL);
}

function troubleOf({ cause, facts, scope, detail }: Noted): LoggedTrouble {
  return { cause, facts: JSON.stringify(facts), scope, distinct_by: distinctBy({ cause, facts }), detail: text(detail) };
}

/** The fact that makes two troubles of one cause different things to do. */
function distinctBy({ cause, facts }: Finding): string {
  switch (cause) {
    case 'called-ae-wrong':
      return String(facts.called ?? '');
    case 'move-destination-unknown':
      return String(facts.destination ?? '');
    case 'operation-refused':
    case 'peer-refused-object':
      return `${facts.service ?? ''} ${facts.status ?? ''}`;
    default:
      return '';
  }
}
