import type { Scope } from '@filmless/access';
import {
  type DataSet,
  firstText,
  type MutableDataSet,
  matchesAll,
  newUid,
  parseUid,
  stringifyDicomJson,
  TAG,
  type TagKey,
} from '@filmless/dicom';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import { REQUIREMENTS } from './attributes.ts';
import { canceled, completeNew, inState, missingFor, nameOf, ordered, startOf, updated } from './data-set.ts';
import type { CancelRequest, WishedState, Workitem, WorkitemPage, WorkitemSearch } from './model.ts';
import { planOf } from './search-plan.ts';
import { TRANSITIONS } from './transitions.ts';
import type { Forget, WorkitemCursor } from './workitem-records.ts';

/** Times a change is tried again when others change the same Workitem at the same moment. */
const TRIES = 5;
/** Looked at together in a search. */
const PAGE = 100;

/** What was done to a Workitem, for who is told of it. */
export type WorkitemNews =
  | { readonly kind: 'created' | 'moved'; readonly workitem: Workitem }
  | { readonly kind: 'updated'; readonly workitem: Workitem; readonly before: Workitem }
  | { readonly kind: 'cancel-requested'; readonly workitem: Workitem; readonly request: CancelRequest };

export interface WorkitemListener {
  /** After the commit. Never throws. */
  told(news: WorkitemNews): Promise<void>;
  /** Whether anybody is told of a Workitem: who performs it may be among them. */
  reaches(workitem: Workitem): Promise<boolean>;
}

/** The Worklist: Unified Procedure Steps, their lock, and how they end. PS3.4 CC, PS3.18 11. */
export class WorkitemDesk {
  readonly #with: Pick<Dependencies, 'records' | 'limits' | 'now'>;
  readonly #listener: WorkitemListener;

  constructor(dependencies: Pick<Dependencies, 'records' | 'limits' | 'now'>, listener: WorkitemListener) {
    this.#with = dependencies;
    this.#listener = listener;
  }

  /**
   * Makes a Workitem of a facility. PS3.4 CC.2.5.
   * @throws ArchiveError `invalid-request`, `conflict` for a UID in use, `limit-exceeded`, `store-full`
   */
  async create(
    sent: DataSet,
    { uid: wished, facility }: { readonly uid?: string; readonly facility: string },
  ): Promise<{ readonly workitem: Workitem; readonly modified: boolean }> {
    const { records, limits, now } = this.#with;
    const named = nameOf(sent);
    if (wished !== undefined && named !== undefined && named !== wished) {
      throw new ArchiveError('invalid-request', 'The address names another UID than the Workitem itself.');
    }
    const uid = parseUid(wished ?? named ?? newUid());
    const createdAt = now();
    const { attributes, modified } = completeNew(sent, { uid, worklist: facility, at: createdAt });
    this.#checkLength(attributes);
    const ago = (ms: number) => new Date(Date.parse(createdAt) - ms).toISOString();
    const forget = { before: ago(limits.workitemKeptMs), lockedBefore: ago(limits.workitemLockedMs) };
    await this.#makeRoom(facility, forget);
    if (!(await records.workitems.add({ uid, facility, attributes, createdAt }, forget))) {
      throw new ArchiveError('conflict', 'A Workitem of that UID exists already.');
    }
    const workitem = await this.get(uid, { facilities: [facility] });
    await this.#listener.told({ kind: 'created', workitem });
    return { workitem, modified };
  }

  /** @throws ArchiveError `not-found` */
  async get(uid: string, { facilities }: Scope): Promise<Workitem> {
    const found = await this.#with.records.workitems.find(uid, facilities);
    if (found === undefined) {
      throw new ArchiveError('not-found', 'There is no such Workitem.');
    }
    return found;
  }

  /**
   * Gives attributes other values. Who performs a step shows its Transaction UID. PS3.4 CC.2.6.3.
   * @throws ArchiveError `not-found`, `invalid-request`, `conflict`, with the warning of PS3.18 11.6.3.2
   */
  async update(uid: string, sent: DataSet, transactionUid: string | undefined, scope: Scope): Promise<Workitem> {
    const shown = transactionOf(sent, transactionUid);
    const { after, before } = await this.#change(uid, scope, (kept, at) => {
      if (kept.state === 'COMPLETED' || kept.state === 'CANCELED') {
        // NOTE: not a conflict, as it is for a change of state. PS3.18 table 11.6.3-1.
        throw refused('invalid-request', `The Workitem is ${kept.state}: it cannot be changed any more.`, STALE_UPDATE);
      }
      if (kept.state === 'SCHEDULED' && shown !== undefined) {
        throw refused('conflict', 'Nobody has claimed the Workitem: leave the Transaction UID out.', NOT_CLAIMED);
      }
      if (kept.state === 'IN PROGRESS') {
        checkTransaction(kept, shown);
      }
      const attributes = updated(kept.attributes, sent, at);
      this.#checkLength(attributes);
      return { ...kept, attributes };
    });
    await this.#listener.told({ kind: 'updated', workitem: after, before });
    return after;
  }

  /**
   * Claims a step, or ends one that was claimed. `moved` is false when it had that state already, which is a warning. PS3.4 CC.2.1.3.
   * @throws ArchiveError `not-found`, `invalid-request`, `conflict`, with the warning of PS3.18 11.7.3.2
   */
  async changeState(
    uid: string,
    state: WishedState,
    transactionUid: string | undefined,
    scope: Scope,
  ): Promise<{ readonly workitem: Workitem; readonly moved: boolean }> {
    if (transactionUid === undefined) {
      throw refused('invalid-request', 'The Transaction UID (0008,1195) is missing.', MISSING_TRANSACTION);
    }
    const { after, moved } = await this.#change(uid, scope, (kept) => {
      const verdict = TRANSITIONS[state][kept.state];
      switch (verdict) {
        case 'claimed':
          throw refused('conflict', 'Somebody has claimed the Workitem already.', STALE);
        case 'not-claimed':
          throw refused('conflict', `Nobody has claimed the Workitem: it goes to IN PROGRESS before it is ${state}.`, STALE);
        case 'ended':
          throw refused('conflict', `The Workitem is ${kept.state}: its state cannot be changed any more.`, STALE);
        case 'already':
          checkTransaction(kept, transactionUid);
          return undefined;
        case 'move':
          break;
      }
      if (state === 'IN PROGRESS') {
        return { ...kept, state, transactionUid, attributes: inState(kept.attributes, state) };
      }
      checkTransaction(kept, transactionUid);
      const missing = missingFor(state, kept.attributes);
      if (missing.length > 0) {
        throw refused('conflict', `Before it is ${state} the Workitem needs: ${missing.join(', ')}.`, STALE);
      }
      return { ...kept, state, attributes: inState(kept.attributes, state) };
    });
    if (moved) {
      await this.#listener.told({ kind: 'moved', workitem: after });
    }
    return { workitem: after, moved };
  }

  /**
   * Asks that a step be cancelled: the server cancels what nobody has begun, and tells who performs it otherwise. `isCanceled` already is a
   * warning. PS3.4 CC.2.2.3.
   * @throws ArchiveError `not-found`, `conflict`, with the warning of PS3.18 11.8.3.2
   */
  async requestCancel(
    uid: string,
    request: CancelRequest,
    scope: Scope,
  ): Promise<{ readonly workitem: Workitem; readonly wasCanceled: boolean }> {
    this.#checkLength(request.attributes);
    const { before, after, moved } = await this.#change(uid, scope, (kept, at) => {
      if (kept.state === 'COMPLETED') {
        throw refused('conflict', 'The Workitem is COMPLETED already.', 'The UPS is already COMPLETED.');
      }
      return kept.state === 'SCHEDULED'
        ? { ...kept, state: 'CANCELED', attributes: inState(canceled(kept.attributes, request.attributes, at), 'CANCELED') }
        : undefined;
    });
    if (moved) {
      // It goes by way of IN PROGRESS, of which those who watch are told too.
      const between = { ...before, state: 'IN PROGRESS', attributes: inState(before.attributes, 'IN PROGRESS') } as const;
      await this.#listener.told({ kind: 'moved', workitem: between });
      await this.#listener.told({ kind: 'moved', workitem: after });
      return { workitem: after, wasCanceled: false };
    }
    if (after.state === 'CANCELED') {
      return { workitem: after, wasCanceled: true };
    }
    if (!(await this.#listener.reaches(after))) {
      throw refused(
        'conflict',
        'Who performs the Workitem has no subscription to be told by.',
        'The performer cannot be contacted.',
      );
    }
    await this.#listener.told({ kind: 'cancel-requested', workitem: after, request });
    return { workitem: after, wasCanceled: false };
  }

  /** As many are looked at together as one facility has at most. @throws ArchiveError `invalid-request` for a cursor that is none */
  async search(search: WorkitemSearch, { facilities }: Scope): Promise<WorkitemPage> {
    const { records, limits } = this.#with;
    const limit = Math.min(search.limit ?? limits.searchPage, limits.searchPage);
    const results: DataSet[] = [];
    let after = search.after === undefined ? undefined : cursorOf(search.after);
    let next: WorkitemCursor | undefined;
    let skip = search.offset ?? 0;
    let bytes = 0;
    const step = Math.min(PAGE, limits.workitems);
    for (let looked = 0; ; looked += step) {
      if (looked > limits.workitems) {
        return { results, next: cursorText(next), offset: skip };
      }
      const page = await records.workitems.page({
        ...planOf(search.keys),
        facilities,
        limit: step,
        ...(after === undefined ? {} : { after }),
      });
      for (const { uid, attributes } of page) {
        if (matchesAll(attributes, search.keys)) {
          if (results.length >= limit || bytes > limits.readPageBytes) {
            return { results, next: cursorText(next), offset: 0 };
          }
          if (skip > 0) {
            skip -= 1;
          } else {
            const result = presented(attributes, search);
            bytes += stringifyDicomJson(result).length;
            results.push(result);
          }
        }
        after = { start: startOf(attributes), uid };
        next = after;
      }
      if (page.length < step) {
        return { results, next: null, offset: 0 };
      }
    }
  }

  /** Looks, decides, and writes only what was looked at. */
  async #change(
    uid: string,
    scope: Scope,
    decide: (kept: Workitem, at: string) => Workitem | undefined,
  ): Promise<{ readonly before: Workitem; readonly after: Workitem; readonly moved: boolean }> {
    const { records, now } = this.#with;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const before = await this.get(uid, scope);
      const at = now();
      const wished = decide(before, at);
      if (wished === undefined) {
        return { before, after: before, moved: false };
      }
      const { version, state, transactionUid, attributes } = wished;
      if (await records.workitems.change({ uid, version, state, transactionUid, attributes, at })) {
        return { before, after: { ...wished, version: version + 1, updatedAt: at }, moved: true };
      }
    }
    throw new ArchiveError('busy', 'Others change this Workitem at the same moment; try again.');
  }

  /** @throws ArchiveError `store-full` where nothing in the worklist is to be forgotten */
  async #makeRoom(facility: string, forget: Forget): Promise<void> {
    const { records, limits } = this.#with;
    const isFull = async () => (await records.workitems.count(facility)) >= limits.workitems;
    if (!(await isFull())) {
      return;
    }
    await records.workitems.forget(facility, forget);
    if (await isFull()) {
      throw new ArchiveError(
        'store-full',
        `The worklist of ${facility} has ${limits.workitems} Workitems, the most it may have.`,
      );
    }
  }

  #checkLength(attributes: DataSet): void {
    const { workitemBytes } = this.#with.limits;
    if (Buffer.byteLength(stringifyDicomJson(attributes)) > workitemBytes) {
      throw new ArchiveError('limit-exceeded', `A Workitem may have ${workitemBytes} bytes as DICOM JSON.`);
    }
  }
}

const NOT_CLAIMED = 'The target URI did not reference a claimed Workitem.';
const STALE_UPDATE = 'The submitted request is inconsistent with the current state of the Workitem.';
const STALE = 'The submitted request is inconsistent with the state of the UPS Instance.';
const MISSING_TRANSACTION = 'The Transaction UID is missing.';
const WRONG_TRANSACTION = 'The Transaction UID is incorrect.';

function refused(code: 'conflict' | 'invalid-request', message: string, warning: string): ArchiveError {
  return new ArchiveError(code, message, { warning });
}

/** The Transaction UID of an update: of its address, or of the data set as in an N-SET. */
function transactionOf(sent: DataSet, asked: string | undefined): string | undefined {
  const within = firstText(sent, TAG.TransactionUID);
  if (asked !== undefined && within !== undefined && asked !== within) {
    throw refused('invalid-request', 'The address and the data set have different Transaction UIDs.', WRONG_TRANSACTION);
  }
  return asked ?? within;
}

function checkTransaction({ transactionUid }: Workitem, shown: string | undefined): void {
  if (shown === undefined) {
    throw refused('invalid-request', 'The Workitem is IN PROGRESS: its Transaction UID is missing.', MISSING_TRANSACTION);
  }
  if (shown !== transactionUid) {
    throw refused('invalid-request', 'That is not the Transaction UID the Workitem was claimed with.', WRONG_TRANSACTION);
  }
}

const FOUND: readonly TagKey[] = [TAG.SpecificCharacterSet, ...REQUIREMENTS.filter(({ found }) => found).map(({ tag }) => tag)];

/** PS3.18 11.9.3.3. */
function presented(attributes: DataSet, { keys, include }: WorkitemSearch): DataSet {
  if (include === 'all') {
    return attributes;
  }
  const result: MutableDataSet = {};
  for (const tag of [...FOUND, ...include, ...keys.map(({ path }) => path[0])]) {
    const attribute = attributes[tag];
    if (attribute !== undefined) {
      result[tag] = attribute;
    }
  }
  return ordered(result);
}

function cursorText(cursor: WorkitemCursor | undefined): string | null {
  return cursor === undefined ? null : `${cursor.start}~${cursor.uid}`;
}

function cursorOf(text: string): WorkitemCursor {
  const [, start, uid] = /^([0-9.]{1,32})~([0-9.]{1,64})$/.exec(text) ?? [];
  if (start === undefined || uid === undefined) {
    throw new ArchiveError('invalid-request', 'after: not a cursor of this search.');
  }
  return { start, uid };
}
