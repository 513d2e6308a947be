import type { Resource, Scope, Source } from '@filmless/access';
import type { ByteRange, ReceivedObject } from '@filmless/dicom';
import type { Reception } from '@filmless/disk';
import type { ArchiveCore, AskedObject, PageQuery, SearchQuery, SearchResult, StoreOptions } from './archive-core.ts';
import { ChangeFeed } from './changes.ts';
import { ConflictDesk } from './conflict-desk.ts';
import type { Dependencies } from './dependencies.ts';
import { DocumentDesk } from './documents/document-desk.ts';
import { ArchiveError } from './errors.ts';
import { ImportDesk } from './imports/import-desk.ts';
import { Inspecting } from './inspecting.ts';
import { InstanceBytes } from './instance-bytes.ts';
import { MarkDesk } from './marks/mark-desk.ts';
import type {
  ArchiveStatistics,
  Change,
  ConflictDetail,
  ConflictEntry,
  InstanceHeader,
  LaidOutInstance,
  ListedStudyPage,
  NewShare,
  ReadPart,
  Share,
  StoredInstance,
  StudyDetail,
  StudyListQuery,
  Target,
} from './model.ts';
import { Arrivals } from './orders/arrivals.ts';
import { MatchDesk } from './orders/match-desk.ts';
import { OrderDesk } from './orders/order-desk.ts';
import { PerformedDesk } from './orders/performed-desk.ts';
import { type StudyAround, withAround } from './orders/study-around.ts';
import { listUnmatched, type UnmatchedPage } from './orders/unmatched.ts';
import { News } from './processes/news.ts';
import { openProcesses } from './processes/open-processes.ts';
import type { Processes } from './processes/processes.ts';
import { PublishingDesk } from './publishing/publishing-desk.ts';
import { ReceiptDesk } from './receipts/receipt-desk.ts';
import type { RefusedInstance } from './receipts/refusal-records.ts';
import { Refusals } from './receipts/refusals.ts';
import { receive } from './receiving.ts';
import { recover } from './recover.ts';
import { machineOf } from './rejections/model.ts';
import { carryOutNote } from './rejections/noted-rejections.ts';
import { RejectedCopies } from './rejections/rejected-copies.ts';
import { RejectionDesk } from './rejections/rejection-desk.ts';
import { Removing } from './removing.ts';
import { mayBeLarge } from './series/make-progressive.ts';
import type { ProgressiveForm } from './series/progressive-forms.ts';
import type { HeaderText, NamedSeries, SeriesText, TextForm } from './series/series-texts.ts';
import { SeriesWork } from './series/series-work.ts';
import { Sharing } from './sharing.ts';
import type { StoreOutcome } from './store-outcome.ts';
import { Storing } from './storing.ts';
import type { InstanceReading } from './together.ts';
import { SubscriptionDesk } from './workitems/subscription-desk.ts';
import { WorkitemDesk } from './workitems/workitem-desk.ts';

/** The archive's business over its ports. */
export class Core implements ArchiveCore, AsyncDisposable {
  readonly #with: Dependencies;
  readonly #bytes: InstanceBytes;
  readonly #changes: ChangeFeed;
  readonly #storing: Storing;
  readonly #conflicts: ConflictDesk;
  readonly #sharing: Sharing;
  readonly #arrivals: Arrivals;
  readonly processes: Processes;
  readonly removing: Removing;
  readonly rejections: RejectionDesk;
  readonly orders: OrderDesk;
  readonly performed: PerformedDesk;
  readonly matching: MatchDesk;
  readonly receipts: ReceiptDesk;
  readonly seriesWork: SeriesWork;
  readonly imports: ImportDesk;
  readonly documents: DocumentDesk;
  readonly publishing: PublishingDesk;
  readonly marks: MarkDesk;
  readonly workitems: WorkitemDesk;
  readonly workitemSubscriptions: SubscriptionDesk;
  readonly #refusals: Refusals;

  #news: News | undefined;
  /** What could not be put away of what ended processes left, in words. */
  #leftovers: readonly string[] = [];

  private constructor(dependencies: Dependencies, processes: Processes) {
    this.#with = dependencies;
    this.processes = processes;
    this.#bytes = new InstanceBytes(dependencies);
    this.#changes = new ChangeFeed(dependencies.index, dependencies.limits, dependencies.now, dependencies.log);
    const inspecting = new Inspecting(dependencies.limits.deflatedAtOnce);
    this.#conflicts = new ConflictDesk(dependencies, processes, this.#changes, inspecting);
    const copies = new RejectedCopies(dependencies.records, dependencies.shared ?? false);
    this.#storing = new Storing(dependencies, processes, this.#changes, inspecting, copies, async (conflict, { keep, by }) => {
      await this.#conflicts.resolve(conflict, keep, by, { facilities: 'all' });
    });
    this.#sharing = new Sharing(dependencies, this.#changes);
    this.rejections = new RejectionDesk(dependencies, processes, this.#changes, this.#sharing, inspecting, () => copies.forget());
    this.#arrivals = new Arrivals(dependencies, processes, this.#changes);
    this.removing = new Removing(dependencies, processes, this.#sharing);
    this.orders = new OrderDesk(dependencies, this.#changes, this.#arrivals);
    this.performed = new PerformedDesk(dependencies, this.#changes, this.#arrivals);
    this.matching = new MatchDesk(dependencies, this.#changes, this.#arrivals);
    this.#refusals = new Refusals(dependencies, (study) => this.#changes.note(study, 'updated'));
    this.seriesWork = new SeriesWork(dependencies);
    this.imports = new ImportDesk(dependencies, inspecting);
    this.documents = new DocumentDesk(dependencies);
    this.publishing = new PublishingDesk(dependencies);
    this.marks = new MarkDesk(dependencies, this.#changes);
    this.workitemSubscriptions = new SubscriptionDesk(dependencies, this.#changes);
    this.workitems = new WorkitemDesk(dependencies, this.workitemSubscriptions);
    this.receipts = new ReceiptDesk(dependencies, { idle: () => this.#settled() });
  }

  /** Puts away what earlier runs left, carries out what they had only written down, and is then ready to store. */
  static async start(dependencies: Dependencies): Promise<Core> {
    const processes = await openProcesses(dependencies);
    try {
      const core = new Core(dependencies, processes);
      await processes.ifFree('take-over', () => core.#takeOver());
      await core.rejections.start();
      await core.#arrivals.start();
      core.seriesWork.start();
      core.#join(processes);
      return core;
    } catch (error) {
      await processes[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #takeOver(): Promise<void> {
    const { processes } = this;
    const { problems } = await recover(this.#with, () => processes.living());
    this.#leftovers = problems;
    await this.removing.resume();
    await this.#conflicts.resume();
    await this.#sharing.mirror();
  }

  /** From here on changes come from other processes too, and what one of them leaves is taken over. */
  #join(processes: Processes): void {
    if (!processes.shared) {
      return;
    }
    const { records, limits, log } = this.#with;
    this.#news = new News({
      records: records.processes,
      run: () => processes.run(),
      limits,
      log,
      hear: (changes) => this.#changes.hear(changes),
    });
    this.#changes.connect(this.#news);
    processes.watch({
      seenUntil: () => this.#arrivals.seenUntil,
      takeOver: async (ended) => {
        await this.#takeOver();
        for (const { seenUntil } of ended) {
          await this.#arrivals.lookSince(seenUntil);
        }
      },
    });
  }

  get reception(): Reception {
    return this.#with.reception;
  }

  async receive(body: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<ReceivedObject> {
    return await receive(this.#with.reception, body, signal);
  }

  async store(received: ReceivedObject, source: Source, options: StoreOptions = {}): Promise<StoreOutcome> {
    this.seriesWork.stored();
    const outcome = await this.#storing.store(received, source, options);
    this.seriesWork.stored();
    const rejecter = options.rejecter ?? machineOf(source);
    if (rejecter !== undefined) {
      const refused = await carryOutNote(this.#with, this.rejections, outcome, source, rejecter);
      if (refused !== undefined) {
        return refused;
      }
    }
    if (outcome.status === 'stored') {
      this.#arrivals.note(outcome.studyInstanceUid, outcome.sopInstanceUid);
    }
    return outcome;
  }

  refused(refused: Omit<RefusedInstance, 'at'>): void {
    this.#refusals.note(refused);
  }

  changed(studyInstanceUid: string): void {
    this.#changes.note(studyInstanceUid, 'updated');
  }

  /** Whoever asks sees what they have just sent. */
  async #settled(): Promise<void> {
    await Promise.all([this.#arrivals.idle(), this.#refusals.idle()]);
  }

  async search(query: SearchQuery, scope: Scope): Promise<SearchResult> {
    return await this.#with.index.search(query, scope, this.#with.now());
  }

  async listStudies(query: StudyListQuery, scope: Scope): Promise<ListedStudyPage> {
    await this.#settled();
    const page = await this.#with.index.listStudies(query, scope, this.#with.now());
    return { ...page, studies: await withAround(this.#with, page.studies, scope) };
  }

  async studyDetail(studyInstanceUid: string, scope: Scope): Promise<StudyDetail & StudyAround> {
    await this.#arrivals.idle();
    const study = found(await this.#with.index.studyDetail(studyInstanceUid, scope, this.#with.now()), 'study');
    const [whole] = await withAround(this.#with, [study], scope);
    return found(whole, 'study');
  }

  async unmatched(query: StudyListQuery, scope: Scope): Promise<UnmatchedPage> {
    await this.#arrivals.idle();
    return await listUnmatched(this.#with, query, scope);
  }

  async resource(studyInstanceUid: string, scope: Scope): Promise<Resource & { readonly sharedWith: readonly string[] }> {
    const owner = found(await this.#with.index.owner(studyInstanceUid, this.#with.now()), 'study');
    const { facilities } = scope;
    const reaches =
      facilities === 'all' || [owner.facility, ...owner.sharedWith].some((facility) => facilities.includes(facility));
    return found(reaches ? owner : undefined, 'study');
  }

  async held(studyInstanceUid: string, asked: readonly AskedObject[], scope: Scope): Promise<readonly string[]> {
    await this.resource(studyInstanceUid, scope);
    const uids = asked.map(({ sopInstanceUid }) => sopInstanceUid);
    const kept = await this.#with.index.digests(studyInstanceUid, uids, scope, this.#with.now());
    return asked.flatMap(({ sopInstanceUid, sha256 }) => (kept.get(sopInstanceUid) === sha256 ? [sopInstanceUid] : []));
  }

  async *instances(target: Target, scope: Scope): AsyncIterable<StoredInstance> {
    yield* someOf(this.#with.index.instances(target, scope, this.#with.now()));
  }

  async stored(target: Required<Target>, scope: Scope): Promise<StoredInstance> {
    return found(await this.#with.index.stored(target, scope, this.#with.now()), 'instance');
  }

  async *headers(target: Target, scope: Scope): AsyncIterable<InstanceHeader> {
    yield* someOf(this.#with.index.headers(target, scope, this.#with.now()));
  }

  async *texts(target: Target, form: TextForm, scope: Scope): AsyncIterable<SeriesText | NamedSeries> {
    yield* someOf(this.#with.index.texts.of(target, form, scope, this.#with.now()));
  }

  async *headerTexts(target: Target, scope: Scope): AsyncIterable<HeaderText> {
    yield* someOf(this.#with.index.texts.headers(target, scope, this.#with.now()));
  }

  async layout(target: Required<Target>, scope: Scope): Promise<LaidOutInstance> {
    return found(await this.#with.index.layout(target, scope, this.#with.now()), 'instance');
  }

  async progressive(instance: StoredInstance): Promise<ProgressiveForm | undefined> {
    const form = await this.#with.index.progressive.find(instance);
    if (form === undefined && mayBeLarge(instance, this.#with.limits.progressiveFrameBytes)) {
      this.seriesWork.wanted(instance);
    }
    return form;
  }

  async readProgressive({ key }: ProgressiveForm, range: ByteRange): Promise<ReadableStream<Uint8Array>> {
    return await this.#with.objects.read(key, range);
  }

  async instance(target: Required<Target>, scope: Scope): Promise<InstanceHeader> {
    return found(await this.#with.index.instance(target, scope, this.#with.now()), 'instance');
  }

  async representative(target: Target, scope: Scope): Promise<InstanceHeader> {
    return found(await this.#with.index.representative(target, scope, this.#with.now()), 'instance');
  }

  async read(instance: StoredInstance, part: ReadPart, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return await this.#bytes.read(instance, part, signal);
  }

  together(
    instances: AsyncIterable<StoredInstance>,
    isWhole: (instance: StoredInstance) => boolean,
  ): AsyncIterable<InstanceReading> {
    return this.#bytes.together(instances, isWhole);
  }

  async readRanges(instance: StoredInstance, ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array> {
    return await this.#bytes.readRanges(instance, ranges, signal);
  }

  subscribe(scope: Scope, listener: (change: Change) => void): Disposable {
    return this.#changes.subscribe(scope, listener);
  }

  async shares(studyInstanceUid: string, scope: Scope): Promise<readonly Share[]> {
    return await this.#sharing.list(studyInstanceUid, scope);
  }

  async share(studyInstanceUid: string, share: NewShare, scope: Scope): Promise<Share> {
    return await this.#sharing.share(studyInstanceUid, share, scope);
  }

  async unshare(studyInstanceUid: string, facility: string, by: string, scope: Scope): Promise<void> {
    await this.#sharing.unshare(studyInstanceUid, facility, by, scope);
  }

  async conflicts(
    page: PageQuery,
    scope: Scope,
  ): Promise<{ readonly conflicts: readonly ConflictEntry[]; readonly next: string | null }> {
    return await this.#conflicts.list(page, scope);
  }

  async conflict(id: string, scope: Scope): Promise<ConflictDetail> {
    return await this.#conflicts.detail(id, scope);
  }

  async resolveConflict(id: string, keep: 'existing' | 'new', by: string, scope: Scope): Promise<ConflictEntry> {
    const resolved = await this.#conflicts.resolve(id, keep, by, scope);
    if (keep === 'new') {
      this.#arrivals.note(resolved.studyInstanceUid, resolved.sopInstanceUid);
    }
    return resolved;
  }

  async isEmpty(): Promise<boolean> {
    const page = await this.#with.index.listStudies({ limit: 1 }, { facilities: 'all' }, this.#with.now());
    return page.studies.length === 0;
  }

  async statistics(scope?: Scope): Promise<ArchiveStatistics> {
    return await this.#with.index.statistics(scope);
  }

  async problems(): Promise<readonly string[]> {
    const { index, records, objects } = this.#with;
    const found = [index.problem(), records.problem(), await objects.problem(), ...this.#leftovers];
    return found.filter((problem) => problem !== undefined);
  }

  /** Ends the events. The ports are disposed by who opened them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.seriesWork[Symbol.asyncDispose]();
    await this.#arrivals[Symbol.asyncDispose]();
    await this.#refusals[Symbol.asyncDispose]();
    this.rejections[Symbol.dispose]();
    this.#changes[Symbol.dispose]();
    await this.#news?.[Symbol.asyncDispose]();
    await this.processes[Symbol.asyncDispose]();
  }
}

function found<T>(value: T | undefined, what: 'study' | 'instance'): T {
  if (value === undefined) {
    throw new ArchiveError('not-found', `there is no such ${what}`);
  }
  return value;
}

async function* someOf<T>(source: AsyncIterable<T>): AsyncIterable<T> {
  let any = false;
  for await (const value of source) {
    any = true;
    yield value;
  }
  if (!any) {
    throw new ArchiveError('not-found', 'there is no such study, series or instance');
  }
}
