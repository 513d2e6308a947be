import { randomUUID } from 'node:crypto';
import type { Scope } from '@filmless/access';
import { ARCHIVE, audited } from '../audit.ts';
import type { ChangeFeed } from '../changes.ts';
import type { Dependencies } from '../dependencies.ts';
import { ArchiveError } from '../errors.ts';
import type { Inspecting } from '../inspecting.ts';
import type { StoredInstance } from '../model.ts';
import type { Processes } from '../processes/processes.ts';
import type { Sharing } from '../sharing.ts';
import type { NewRejection, RejectedInstance, Rejection, RejectionPage, RejectionQuery, RejectionTarget } from './model.ts';
import { putBack } from './put-back.ts';
import { rejectionEvent } from './rejection-event.ts';

/** Instances, and rejections, of one page. */
export const REJECTED_PAGE = 200;
const PAGE = REJECTED_PAGE;
const MAX_REASON = 1_000;
const ALL: Scope = { facilities: 'all' };
const UNFINISHED = ['hiding', 'restoring', 'removing'] as const;

/**
 * Takes instances out of sight, and brings them back or removes them for good. Their objects stay until then; the journal stays for ever.
 * Each step is written down before it is carried out, and carried out again by whoever finds it unfinished.
 */
export class RejectionDesk {
  readonly #with: Dependencies;
  readonly #changes: ChangeFeed;
  readonly #sharing: Pick<Sharing, 'left'>;
  readonly #inspecting: Inspecting;
  readonly #processes: Pick<Processes, 'exclusive' | 'ifFree'>;
  #timer: NodeJS.Timeout | undefined;
  /** Told of studies whose rejections changed. */
  readonly #noted: (studyInstanceUid: string) => void;

  constructor(
    dependencies: Dependencies,
    processes: Pick<Processes, 'exclusive' | 'ifFree'>,
    changes: ChangeFeed,
    sharing: Pick<Sharing, 'left'>,
    inspecting: Inspecting,
    noted: (studyInstanceUid: string) => void,
  ) {
    this.#with = dependencies;
    this.#processes = processes;
    this.#changes = changes;
    this.#sharing = sharing;
    this.#inspecting = inspecting;
    this.#noted = noted;
  }

  /** @throws ArchiveError `not-found` for what is not there, or is another facility's */
  async reject(target: RejectionTarget, given: NewRejection, scope: Scope): Promise<Rejection> {
    if (given.reason.length > MAX_REASON) {
      throw new ArchiveError('invalid-request', `reason: at most ${MAX_REASON} characters`);
    }
    const facility = await this.#owner(target.studyInstanceUid, scope);
    const named = await this.#named(target);
    const rejection = await this.take(target.studyInstanceUid, facility, named, { ...given, noteUid: null });
    if (rejection === undefined) {
      throw new ArchiveError('not-found', 'there is no such study, series or instance');
    }
    return rejection;
  }

  /** Writes down and hides. Undefined where nothing is left to be hidden, or the note was carried out before. */
  async take(
    studyInstanceUid: string,
    facility: string,
    instances: readonly StoredInstance[],
    given: NewRejection & Pick<Rejection, 'noteUid'>,
  ): Promise<Rejection | undefined> {
    const { records, index, now, limits } = this.#with;
    if (instances.length === 0) {
      return undefined;
    }
    const at = now();
    const kept = given.kind === 'deleted' ? limits.deletedKeptMs : limits.rejectedKeptMs;
    const study = await index.studyDetail(studyInstanceUid, ALL, at);
    const rejection: Rejection = {
      ...given,
      id: randomUUID(),
      studyInstanceUid,
      facility,
      patientId: study?.patient.id ?? '',
      patientName: study?.patient.name ?? '',
      instances: instances.length,
      bytes: instances.reduce((sum, { size }) => sum + size, 0),
      at,
      state: 'hiding',
      removeAfter: new Date(Date.parse(at) + kept).toISOString(),
      endedBy: null,
      endedAt: null,
    };
    if (!(await records.rejections.add(rejection, instances))) {
      return undefined;
    }
    // NOTE: before anything is taken out: a copy that comes while the rest is being hidden stays out of sight, too.
    this.#noted(studyInstanceUid);
    await this.#processes.exclusive(turnOf(rejection), () => this.#hide(rejection));
    return await this.#found(rejection.id);
  }

  async list(query: RejectionQuery, scope: Scope): Promise<RejectionPage> {
    const limit = Math.max(1, Math.min(query.limit, PAGE));
    const found = await this.#with.records.rejections.list(scope.facilities, { ...query, limit: limit + 1 });
    const rejections = found.slice(0, limit);
    const last = rejections.at(-1);
    return { rejections, next: found.length > limit && last !== undefined ? `${last.at}~${last.id}` : null };
  }

  /** @throws ArchiveError `not-found` */
  async find(id: string, scope: Scope): Promise<Rejection> {
    const found = await this.#with.records.rejections.find(id);
    if (found === undefined || (scope.facilities !== 'all' && !scope.facilities.includes(found.facility))) {
      throw new ArchiveError('not-found', 'there is no such rejection');
    }
    return found;
  }

  async instances(id: string, after: string, scope: Scope): Promise<readonly RejectedInstance[]> {
    await this.find(id, scope);
    return await this.#with.records.rejections.instances(id, after, PAGE);
  }

  /** One instance, for who may look at what is hidden; undefined bytes never: it is there until it is removed. */
  async read(
    id: string,
    sopInstanceUid: string,
    scope: Scope,
  ): Promise<{ readonly instance: RejectedInstance; readonly body: ReadableStream<Uint8Array> }> {
    const { state } = await this.find(id, scope);
    const instance = await this.#with.records.rejections.instance(id, sopInstanceUid);
    if (instance === undefined || state === 'removed' || state === 'removing') {
      throw new ArchiveError('not-found', 'there is no such instance, or it was removed');
    }
    return { instance, body: await this.#with.objects.read(instance.objectKey) };
  }

  /** @throws ArchiveError `conflict` when it was restored or removed already */
  async restore(id: string, by: string, scope: Scope): Promise<Rejection> {
    return await this.#end(id, by, scope, 'restoring');
  }

  /** Removes for good before the time. @throws ArchiveError `conflict` */
  async remove(id: string, by: string, scope: Scope): Promise<Rejection> {
    return await this.#end(id, by, scope, 'removing');
  }

  async #end(id: string, by: string, scope: Scope, to: 'restoring' | 'removing'): Promise<Rejection> {
    const rejection = await this.find(id, scope);
    return await this.#processes.exclusive(turnOf(rejection), async () => {
      const { records, now } = this.#with;
      if (!(await records.rejections.move(id, 'hidden', to, { by, at: now() }))) {
        throw new ArchiveError('conflict', 'it was restored or removed already, or is just being hidden');
      }
      await this.#carryOut(await this.#found(id));
      return await this.#found(id);
    });
  }

  /** Begins to carry out what was only written down, and to remove what is due. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), this.#with.limits.rejectionLookMs).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** What cannot be carried out now is tried again at the next look. */
  async look(): Promise<void> {
    const { records, now, log } = this.#with;
    try {
      for (let after: string | undefined = ''; after !== undefined; ) {
        const found: readonly Rejection[] = await records.rejections.inStates(UNFINISHED, after, PAGE);
        for (const rejection of found) {
          await this.#ifFree(rejection, async () => await this.#takeUp(await this.#found(rejection.id)));
        }
        after = found.length < PAGE ? undefined : found.at(-1)?.id;
      }
      for (const rejection of await records.rejections.due(now(), PAGE)) {
        await this.#ifFree(rejection, async () => {
          if (await records.rejections.move(rejection.id, 'hidden', 'removing', { by: null, at: now() })) {
            await this.#takeUp(await this.#found(rejection.id));
          }
        });
      }
    } catch (error) {
      log.warn({ error: String(error) }, 'rejections-not-looked-at');
    }
  }

  async #ifFree(rejection: Rejection, work: () => Promise<void>): Promise<void> {
    try {
      await this.#processes.ifFree(turnOf(rejection), work);
    } catch (error) {
      this.#with.log.error({ rejection: rejection.id, error: String(error) }, 'rejection-not-carried-out');
    }
  }

  /** What is due, or what somebody asked for who heard of no end. */
  async #takeUp(rejection: Rejection): Promise<void> {
    const action = actionOf(rejection);
    await this.#carryOut(rejection);
    if (action !== undefined) {
      const event = rejectionEvent(rejection, action);
      const by = rejection.state === 'hiding' ? rejection.by : rejection.endedBy;
      const why = by === null ? ', its time was over' : `, asked for by ${by}`;
      await audited(this.#with, { ...event, subject: ARCHIVE, detail: event.detail + why });
    }
  }

  async #carryOut(rejection: Rejection): Promise<void> {
    switch (rejection.state) {
      case 'hiding':
        return await this.#hide(rejection);
      case 'restoring':
        return await this.#restore(rejection);
      case 'removing':
        return await this.#removeObjects(rejection);
      case 'hidden':
      case 'restored':
      case 'removed':
        return;
    }
  }

  async #hide(rejection: Rejection): Promise<void> {
    const { id, studyInstanceUid, facility } = rejection;
    const { index, records, now } = this.#with;
    for await (const page of this.#pages(id)) {
      // NOTE: another process may have carried it out meanwhile, and what was restored since stays.
      if ((await this.#found(id)).state !== 'hiding') {
        return;
      }
      await index.takeOut(studyInstanceUid, page, now());
    }
    await this.#sharing.left(studyInstanceUid, facility);
    await records.rejections.move(id, 'hiding', 'hidden');
    await this.#tell(rejection);
  }

  async #restore(rejection: Rejection): Promise<void> {
    for await (const page of this.#pages(rejection.id)) {
      for (const { objectKey } of page) {
        await putBack(this.#with, this.#inspecting, objectKey, rejection.facility);
      }
    }
    await this.#with.records.rejections.move(rejection.id, 'restoring', 'restored');
    await this.#tell(rejection);
  }

  async #removeObjects({ id, studyInstanceUid, facility }: Rejection): Promise<void> {
    const { index, objects, records, now } = this.#with;
    for await (const page of this.#pages(id)) {
      for (const instance of page) {
        if (await this.#isNeeded(id, instance)) {
          this.#with.log.error({ rejection: id, object: instance.objectKey }, 'rejected-object-not-removed');
        } else {
          await objects.delete(instance.objectKey);
        }
      }
    }
    if ((await index.owner(studyInstanceUid, now()))?.facility !== facility) {
      // NOTE: before it is said to be done: who ends in between begins anew.
      await records.marks.forget(studyInstanceUid, facility, id);
    }
    await records.rejections.move(id, 'removing', 'removed');
    this.#noted(studyInstanceUid);
  }

  /** NOTE: none should be, and the bytes of one that is must not go for that. */
  async #isNeeded(id: string, { objectKey, sopInstanceUid }: RejectedInstance): Promise<boolean> {
    const { index, records } = this.#with;
    return (
      (await index.peek(sopInstanceUid))?.objectKey === objectKey ||
      (await records.rejections.holds(objectKey, id)) ||
      (await records.conflictOfObject(objectKey)) !== undefined
    );
  }

  async #tell({ studyInstanceUid, facility }: Rejection): Promise<void> {
    const { index, records } = this.#with;
    this.#noted(studyInstanceUid);
    await index.setConflicts(studyInstanceUid, await records.countOpen(studyInstanceUid));
    this.#changes.note(studyInstanceUid, 'updated', [facility]);
  }

  async *#pages(id: string): AsyncGenerator<readonly RejectedInstance[], void> {
    for (let after = ''; ; ) {
      const page = await this.#with.records.rejections.instances(id, after, PAGE);
      yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) {
        return;
      }
      after = last.objectKey;
    }
  }

  async #owner(studyInstanceUid: string, scope: Scope): Promise<string> {
    const owner = await this.#with.index.owner(studyInstanceUid, this.#with.now());
    if (owner === undefined || (scope.facilities !== 'all' && !scope.facilities.includes(owner.facility))) {
      throw new ArchiveError('not-found', 'there is no such study among those of your facility');
    }
    return owner.facility;
  }

  /** The instances that are meant, as they are kept now. @throws ArchiveError `limit-exceeded`, `not-found` for a name that is not there */
  async #named(target: RejectionTarget): Promise<readonly StoredInstance[]> {
    const { index, now, limits } = this.#with;
    const series = new Set(target.series ?? []);
    const instances = new Set(target.instances ?? []);
    const isAll = series.size + instances.size === 0;
    const found: StoredInstance[] = [];
    const met = new Set<string>();
    for await (const instance of index.instances(target, ALL, now())) {
      if (isAll || series.has(instance.seriesInstanceUid) || instances.has(instance.sopInstanceUid)) {
        found.push(instance);
        met.add(instance.seriesInstanceUid).add(instance.sopInstanceUid);
      }
      if (found.length > limits.rejectionInstances) {
        throw new ArchiveError('limit-exceeded', `more than ${limits.rejectionInstances} instances at once: name series`);
      }
    }
    const missing = [...series, ...instances].find((uid) => !met.has(uid));
    if (missing !== undefined) {
      throw new ArchiveError('not-found', `the study has no series or instance ${missing.slice(0, 64)}`);
    }
    return found;
  }

  async #found(id: string): Promise<Rejection> {
    return await this.find(id, ALL);
  }
}

/** Of one study one thing is done at a time, whichever process does it. */
function turnOf({ studyInstanceUid }: Pick<Rejection, 'studyInstanceUid'>): string {
  return `rejection ${studyInstanceUid}`;
}

/** As the audit trail calls what is being carried out; undefined when nothing is. */
function actionOf({ state, kind }: Rejection): string | undefined {
  switch (state) {
    case 'hiding':
      return kind === 'deleted' ? 'study.delete' : 'study.reject';
    case 'restoring':
      return 'study.restore';
    case 'removing':
      return 'study.remove';
    case 'hidden':
    case 'restored':
    case 'removed':
      return undefined;
  }
}
