import type { Resource, Scope, Source } from '@filmless/access';
import type { ByteRange, DataSet, MatchKey, ReceivedObject, TagKey } from '@filmless/dicom';
import type { Reception } from '@filmless/disk';
import type { DocumentDesk } from './documents/document-desk.ts';
import type { ImportDesk } from './imports/import-desk.ts';
import type { SearchLevel } from './levels.ts';
import type { MarkDesk } from './marks/mark-desk.ts';
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
import type { MatchDesk } from './orders/match-desk.ts';
import type { OrderDesk } from './orders/order-desk.ts';
import type { PerformedDesk } from './orders/performed-desk.ts';
import type { StudyAround } from './orders/study-around.ts';
import type { UnmatchedPage } from './orders/unmatched.ts';
import type { PublishingDesk } from './publishing/publishing-desk.ts';
import type { ReceiptDesk } from './receipts/receipt-desk.ts';
import type { RefusedInstance } from './receipts/refusal-records.ts';
import type { Rejecter } from './rejections/model.ts';
import type { RejectionDesk } from './rejections/rejection-desk.ts';
import type { ProgressiveForm } from './series/progressive-forms.ts';
import type { HeaderText, NamedSeries, SeriesText, TextForm } from './series/series-texts.ts';
import type { SeriesWork } from './series/series-work.ts';
import type { StoreOutcome } from './store-outcome.ts';
import type { InstanceReading } from './together.ts';
import type { SubscriptionDesk } from './workitems/subscription-desk.ts';
import type { WorkitemDesk } from './workitems/workitem-desk.ts';

/** A QIDO search. PS3.18 10.6. */
export interface SearchQuery {
  readonly level: SearchLevel;
  /** From the path: only within this study, this series. Without a study, series and instances also carry its attributes. */
  readonly within?: { readonly studyInstanceUid: string; readonly seriesInstanceUid?: string };
  /** From `parseMatchKey`; all must match. Any attribute may be a key. */
  readonly keys: readonly MatchKey[];
  /** Attributes to return beside the level's own and the keys: `all`, or tags (a sequence comes whole). */
  readonly include: 'all' | readonly TagKey[];
  /** At most `limits.searchPage`; without it that many. */
  readonly limit?: number;
  readonly offset?: number;
  /** `next` of the page before: how long results are read, each page costing the same. Not together with `offset`. */
  readonly after?: string;
  /** False where nobody wants to know how many match. */
  readonly total?: boolean;
}

export interface SearchResult {
  /**
   * In a stable order: patients by their newest study that matches; studies newest first; series by study, then number; instances by series, then number. With the
   * level's attributes of PS3.18 tables 10.6.3-3 to -5 but Retrieve URL (0008,1190), which is the caller's to add.
   */
  readonly results: readonly DataSet[];
  /** True when more match than were returned: a Warning 299 header says so. PS3.18 8.3.4.4. */
  readonly more: boolean;
  /** Cursor of the next page when more match, else `null`. */
  readonly next: string | null;
  /** How many match in all: exact up to `limits.exactTotal`; undefined beyond it, where counting would take much longer than searching, and where it was not asked for. */
  readonly total?: number | undefined;
}

/** A page of something that is not often long. */
export interface PageQuery {
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface StoreOptions {
  /** Study of a STOW request's path: an instance of another study is refused as `broken`. PS3.18 10.5.1.1. */
  readonly studyInstanceUid?: string;
  /** What becomes of it when another object has its UID, by a setting of its sender; without one a person decides. */
  readonly onConflict?: ConflictSetting;
  /** Who sends, where a rejection note of theirs is carried out; without it, that of a machine that is listed. */
  readonly rejecter?: Rejecter | undefined;
}

/** An object that another archive asks about. */
export interface AskedObject {
  readonly sopInstanceUid: string;
  /** Of its data set's bytes, in hexadecimal. */
  readonly sha256: string;
}

/** Decides in the place of a person; the other object stays kept aside. */
export interface ConflictSetting {
  readonly keep: 'existing' | 'new';
  /** Whose setting it is, for the journal. */
  readonly by: string;
}

/**
 * The archive's business, without HTTP. Everything that reads takes the caller's scope; what lies outside of it does not
 * exist: `not-found`, an empty result, no event.
 *
 * @throws ArchiveError, from every method: `not-found`, `invalid-request`, `limit-exceeded`, `store-away`
 */
export interface ArchiveCore {
  /** Takes in what `store` takes over, for whoever receives by another way than `receive`. */
  readonly reception: Reception;

  /**
   * Takes a body in and hashes it; never more than `limits.maxInstanceBytes`. Whether it is DICOM, `store` decides. On any
   * failure nothing stays behind; a body that fails throws its own error.
   * @throws ArchiveError `limit-exceeded`, `store-full`, `store-away`
   */
  receive(body: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<ReceivedObject>;

  /**
   * Takes over an object; resolves once it and its index row are durable. Does not throw for a bad object, a full disk or a
   * store that is away: those are outcomes. The object is the archive's from the call on, which lets it go whatever the outcome.
   */
  store(received: ReceivedObject, source: Source, options?: StoreOptions): Promise<StoreOutcome>;

  /** An instance was sent and not taken, whoever turned it away: the receipt of its study tells. Never waits. */
  refused(refused: Omit<RefusedInstance, 'at'>): void;

  /** Something of a study changed beyond the archive, that its receipt tells: subscribers hear of it. Never waits. */
  changed(studyInstanceUid: string): void;

  /** @throws ArchiveError `limit-exceeded` when a key that is not indexed would have to look at too many headers */
  search(query: SearchQuery, scope: Scope): Promise<SearchResult>;

  /** @throws ArchiveError `invalid-request` for a cursor that is none */
  listStudies(query: StudyListQuery, scope: Scope): Promise<ListedStudyPage>;

  studyDetail(studyInstanceUid: string, scope: Scope): Promise<StudyDetail & StudyAround>;

  /** Whose a study is, for `authorize` and the audit trail. */
  resource(studyInstanceUid: string, scope: Scope): Promise<Resource & { readonly sharedWith: readonly string[] }>;

  /** Which of these objects are kept as instances of the study, byte for byte: their SOP Instance UIDs. */
  held(studyInstanceUid: string, asked: readonly AskedObject[], scope: Scope): Promise<readonly string[]>;

  /**
   * The instances of a target by series number, instance number and UID, read in pages as the caller goes on.
   * Throws `not-found` at the first step when there are none.
   */
  instances(target: Target, scope: Scope): AsyncIterable<StoredInstance>;

  /** One instance without its header: for its file. */
  stored(target: Required<Target>, scope: Scope): Promise<StoredInstance>;

  /** Like `instances`, with headers: for metadata. */
  headers(target: Target, scope: Scope): AsyncIterable<InstanceHeader>;

  /** The series of a target in their order, each with the text of its headers where one is kept: for metadata. Throws as `instances`. */
  texts(target: Target, form: TextForm, scope: Scope): AsyncIterable<SeriesText | NamedSeries>;

  /** Like `headers`, each header as text, with bulk data as `bulkdata/…`. Throws as `instances`. */
  headerTexts(target: Target, scope: Scope): AsyncIterable<HeaderText>;

  /** Hears under which root metadata is asked for: texts are kept for that. */
  readonly seriesWork: Pick<SeriesWork, 'asked'>;

  /** One instance, and where its values lie: for frames and bulk data. */
  layout(target: Required<Target>, scope: Scope): Promise<LaidOutInstance>;

  /** The progressive form of an instance, where one was made. The instance must come from a call with the caller's scope. */
  progressive(instance: StoredInstance): Promise<ProgressiveForm | undefined>;

  /** Streams bytes of such a form. @throws ArchiveError `not-found` when it gave way */
  readProgressive(form: ProgressiveForm, range: ByteRange): Promise<ReadableStream<Uint8Array>>;

  /** One instance with its header: for rendering. */
  instance(target: Required<Target>, scope: Scope): Promise<InstanceHeader>;

  /** The first instance, by number, of the target that has frames (or, with none, the first): for a thumbnail. */
  representative(target: Target, scope: Scope): Promise<InstanceHeader>;

  /**
   * Streams bytes of a kept object. `content` is the file, but for a deflated transfer syntax its inflated derivative: `bulk`
   * and `frames` count in it. The instance must come from a call of this interface with the caller's scope.
   * @throws ArchiveError `store-away`, `not-found`
   */
  read(instance: StoredInstance, part: ReadPart, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /**
   * Instances in their order, with what reads each: those that lie one behind the other in the store by one request. Those that
   * `isWhole` names must be read whole, or cancelled, one after the other.
   */
  together(
    instances: AsyncIterable<StoredInstance>,
    isWhole: (instance: StoredInstance) => boolean,
  ): AsyncIterable<InstanceReading>;

  /**
   * Ranges of the content, concatenated in memory: a frame's fragments.
   * @throws ArchiveError `limit-exceeded` above `limits.maxFrameBytes`
   */
  readRanges(instance: StoredInstance, ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array>;

  /**
   * Calls the listener after the commit, for studies within the scope, until disposed. The listener must not throw or block.
   * @throws ArchiveError `busy` when there are too many
   */
  subscribe(scope: Scope, listener: (change: Change) => void): Disposable;

  /** Shares that are in force; for those who own the study. */
  shares(studyInstanceUid: string, scope: Scope): Promise<readonly Share[]>;
  /** Replaces an earlier share with the same facility. @throws ArchiveError `invalid-request` for the study's own facility */
  share(studyInstanceUid: string, share: NewShare, scope: Scope): Promise<Share>;
  /** @throws ArchiveError `not-found` when there is none */
  unshare(studyInstanceUid: string, facility: string, by: string, scope: Scope): Promise<void>;

  /** Open conflicts in the scope's own facilities, newest first. */
  conflicts(
    page: PageQuery,
    scope: Scope,
  ): Promise<{ readonly conflicts: readonly ConflictEntry[]; readonly next: string | null }>;
  conflict(id: string, scope: Scope): Promise<ConflictDetail>;
  /** Decides for one object; the other stays kept aside. @throws ArchiveError `conflict` when it was decided already */
  resolveConflict(id: string, keep: 'existing' | 'new', by: string, scope: Scope): Promise<ConflictEntry>;

  readonly orders: OrderDesk;
  readonly performed: PerformedDesk;
  readonly matching: MatchDesk;
  /** Studies of the scope's own facilities that have no order; a page may be short and still have a next. */
  unmatched(query: StudyListQuery, scope: Scope): Promise<UnmatchedPage>;

  readonly receipts: ReceiptDesk;
  /** What was rejected and deleted. */
  readonly rejections: RejectionDesk;
  readonly imports: ImportDesk;
  readonly documents: DocumentDesk;
  readonly publishing: PublishingDesk;
  readonly marks: Pick<MarkDesk, 'since' | 'put'>;
  readonly workitems: WorkitemDesk;
  readonly workitemSubscriptions: SubscriptionDesk;

  isEmpty(): Promise<boolean>;
  /** What the facilities of a scope keep of their own, or all. */
  statistics(scope?: Scope): Promise<ArchiveStatistics>;
  /** Problems in words, none when ready. */
  problems(): Promise<readonly string[]>;
}
