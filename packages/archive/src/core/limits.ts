/** The archive's limits. Times are milliseconds, sizes bytes unless the name says otherwise. */
export interface ArchiveLimits {
  readonly maxInstanceBytes: number;
  readonly freeBytes: number;
  readonly bulkFreePercent: number;
  readonly freeCheckBytes: number;
  readonly memoryInstanceBytes: number;
  readonly memoryBytes: number;
  readonly writeBatchBytes: number;
  readonly maxFrameBytes: number;
  readonly storesAtOnce: number;
  readonly largeStoresAtOnce: number;
  readonly repeatedSeries: number;
  readonly deflatedAtOnce: number;
  readonly searchPage: number;
  readonly searchHeaders: number;
  readonly searchOffset: number;
  readonly searchBytes: number;
  readonly studyPage: number;
  readonly exactTotal: number;
  readonly readPage: number;
  readonly readPageBytes: number;
  readonly changeQuietMs: number;
  readonly changesWaiting: number;
  readonly subscribers: number;
  readonly differences: number;
  readonly storeAnswerMs: number;
  readonly orderPage: number;
  readonly orderSteps: number;
  readonly orderOtherIds: number;
  readonly orderExtBytes: number;
  readonly performedBytes: number;
  readonly performedInstances: number;
  readonly performedOpenMs: number;
  readonly awaitedInstances: number;
  readonly arrivalsWaiting: number;
  readonly studyQuietMs: number;
  readonly unmatchedPage: number;
  readonly candidates: number;
  readonly refusals: number;
  readonly refusalsWaiting: number;
  readonly refusalsKeptMs: number;
  readonly receiptStudies: number;
  readonly receiptInstances: number;
  readonly packBytes: number;
  readonly packMembers: number;
  readonly packsAtOnce: number;
  readonly packWaitMs: number;
  readonly uploads: number;
  readonly uploadsOfOne: number;
  readonly uploadBytes: number;
  readonly uploadKeptMs: number;
  readonly uploadOutcomeKeptMs: number;
  readonly uploadPieceBytes: number;
  readonly removedKeptMs: number;
  readonly askedDigests: number;
  readonly seriesQuietMs: number;
  readonly seriesLookMs: number;
  readonly seriesRestMs: number;
  readonly seriesStarvedMs: number;
  readonly seriesLeaseMs: number;
  readonly seriesTextInstances: number;
  readonly seriesTextBytes: number;
  readonly seriesKeptBytes: number;
  readonly progressiveFrameBytes: number;
  readonly progressiveNativeBytes: number;
  readonly progressiveObjectBytes: number;
  readonly progressiveKeptBytes: number;
  readonly processBeatMs: number;
  readonly processBeats: number;
  readonly processLockMs: number;
  readonly newsPollMs: number;
  readonly newsKept: number;
  readonly rejectedKeptMs: number;
  readonly deletedKeptMs: number;
  readonly rejectionInstances: number;
  readonly rejectionLookMs: number;
  readonly documentBytes: number;
  readonly pictureBytes: number;
  readonly picturesAtOnce: number;
  readonly workitems: number;
  readonly workitemBytes: number;
  readonly workitemKeptMs: number;
  readonly workitemLockedMs: number;
  readonly workitemEventBytes: number;
  readonly workitemSubscribers: number;
  readonly workitemWatchers: number;
  readonly workitemToldBytes: number;
  readonly workitemToldMs: number;
  readonly markBytes: number;
  readonly marksAtOnce: number;
  readonly marksOfStudy: number;
  readonly markPage: number;
  readonly exportSeries: number;
  readonly publishedMarks: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** The defaults, each with its reason. */
export const ARCHIVE_LIMITS: ArchiveLimits = {
  /** One object. The largest real ones are whole-slide levels and long ultrasound clips of 1 to 3 GB; S3 takes 5 GiB at once. */
  maxInstanceBytes: 4 * GIB,
  /** Free space of the disk below which nothing more is received, so that the databases can still commit. */
  freeBytes: GIB,
  /** Hundredths of the disk that are kept for emergencies: at 92 % machines that are not set as urgent, and uploads, are sent away. */
  bulkFreePercent: 8,
  /** Bytes received, by all uploads together, before the disk is looked at again; far less than what is kept free. */
  freeCheckBytes: 64 * MIB,
  /** An instance up to this long is kept in memory until it is stored: CT and MR slices have half of it, CR and US images more. */
  memoryInstanceBytes: 2 * MIB,
  /** Of all instances being received and stored together; what does not fit goes through a file. */
  memoryBytes: 64 * MIB,
  /** Gathered for one write to the file of a longer one. */
  writeBatchBytes: MIB,
  /** Ranges joined in memory for one answer: a 20,000 x 20,000 RGB frame is 1.2 GB and is streamed instead. */
  maxFrameBytes: 512 * MIB,
  /** Instances in memory between inspection and commit: enough to fill a pack of an object store. Their bytes are bounded by the reception. */
  storesAtOnce: 256,
  /** The same, for instances in a file: each may have a header of 64 MiB. */
  largeStoresAtOnce: 16,
  /** Series remembered as new or sent again: one is some 200 bytes. */
  repeatedSeries: 10_000,
  /** Of the instances stored, and of objects looked at again, deflated ones: each is inflated in memory and may take twice 256 MiB there. */
  deflatedAtOnce: 2,
  /** Results of one QIDO answer: it says where the next page is. */
  searchPage: 1_000,
  /** Stored headers one search may look through for keys that are not indexed: about two seconds. */
  searchHeaders: 20_000,
  /** SQLite walks over skipped rows: beyond this a search takes seconds, and its client should narrow it. */
  searchOffset: 1_000_000,
  /** Text of the headers that go into one QIDO answer: a thousand ordinary ones have 30 MB. */
  searchBytes: 128 * MIB,
  /** Studies of one page of the list. */
  studyPage: 200,
  /** Counting stops here: exact totals over millions of studies cost more than anybody reads from them. */
  exactTotal: 1_000,
  /** Instances read from the index at a time while a study streams: 200 headers are about 1 MB. */
  readPage: 200,
  /** Stored bytes of headers read at a time, one header at least: ordinary ones have 5 kB, those of hostile objects megabytes. */
  readPageBytes: 16 * MIB,
  /** Changes of one study within this time are one event: a series of 500 images redraws the list twice a second at most. */
  changeQuietMs: 500,
  /** Studies with an event waiting; more are announced at once. */
  changesWaiting: 10_000,
  /** Open event streams: about one a workstation, and each costs a socket. */
  subscribers: 2_000,
  /** Attributes listed for one conflict. */
  differences: 200,
  /** An object store that sends no byte for this long is away. */
  storeAnswerMs: 20_000,
  /** Orders of one answer: a day of a large hospital takes a few. */
  orderPage: 500,
  /** Steps of one order: each is an examination at one machine. */
  orderSteps: 20,
  /** Other ids of an order's patient: insurance and identity cards, a former number. */
  orderOtherIds: 10,
  /** What a HIS may leave with an order for itself. */
  orderExtBytes: 16 * KIB,
  /** The data set of a performed procedure step as JSON: one that names 5,000 instances has 1 MB. */
  performedBytes: 16 * MIB,
  /** Instances one performed procedure step may name: each is a row until it has arrived. */
  performedInstances: 50_000,
  /** A step in progress that was not heard of for a day was left behind: machines forget to end them. */
  performedOpenMs: 86_400_000,
  /** Named instances that have not arrived and are remembered in memory: each is some 150 bytes. */
  awaitedInstances: 200_000,
  /** Studies that wait to be matched, and those remembered as looked at. */
  arrivalsWaiting: 10_000,
  /** Without a further instance for so long, a study is believed to be all there: machines pause between series. */
  studyQuietMs: 120_000,
  /** Studies without an order of one answer: each has its candidates looked for. */
  unmatchedPage: 50,
  /** Orders shown for one study that has none. */
  candidates: 5,
  /** Instances that were sent and not taken, of which receipts tell: each is a row of some 250 bytes. */
  refusals: 100_000,
  /** Of these, what waits to be written while the disk is full. */
  refusalsWaiting: 10_000,
  /** Who has not sent an instance again within a year will not. */
  refusalsKeptMs: 31_536_000_000,
  /** Studies with something missing or open that are looked through for one list of receipts. */
  receiptStudies: 10_000,
  /** Instances refused, of one page of studies, that are looked up: a day on which the disk was full. */
  receiptInstances: 20_000,
  /** What goes up to an object store together: enough that its answer counts for many, small enough to send again. */
  packBytes: 64 * MIB,
  /** Members of one pack: its footer stays below 256 KiB. */
  packMembers: 256,
  /** Packs that go up side by side while more wait that are full; half as many otherwise, so that instances gather. */
  packsAtOnce: 5,
  /** What the first member of a pack waits for others, when others came lately. */
  packWaitMs: 5,
  /** Uploads that are not whole yet, of all senders: each is a file. */
  uploads: 200,
  /** Of one sender: two transfers at a time need two, and each that was broken off and changed since leaves one. */
  uploadsOfOne: 20,
  /** Announced bytes of all of them: more than a day's whole-slide images, less than a disk. */
  uploadBytes: 64 * GIB,
  /** An upload nobody goes on with: lines are down for days. */
  uploadKeptMs: 604_800_000,
  /** What became of one, for a sender that did not hear it. */
  uploadOutcomeKeptMs: 86_400_000,
  /** Of an upload to one of several servers, what is kept at once, and held in memory until then: what is lost when the line breaks. */
  uploadPieceBytes: MIB,
  /** That a study was removed here is known for a year: a row of some 200 bytes. */
  removedKeptMs: 31_622_400_000,
  /** Objects asked about at once, whether they are kept here: some 60 kB of a body. */
  askedDigests: 500,
  /** Without a further instance of its study for so long, what is made of a series is made: most series come within a minute. */
  seriesQuietMs: 15_000,
  /** How often it is looked whether something of a series is to be made. */
  seriesLookMs: 5_000,
  /** Nothing was stored for so long: then there is time for it. */
  seriesRestMs: 1_000,
  /** A server that stores without a pause makes one series' after so long all the same. */
  seriesStarvedMs: 30_000,
  /** Who claimed a series and is not heard of for so long has ended: another process goes on. */
  seriesLeaseMs: 300_000,
  /** Of fewer instances the headers themselves are read as quickly. */
  seriesTextInstances: 8,
  /** Header text of one series that is kept compressed: 10,000 ordinary slices have 40 MB. */
  seriesTextBytes: 64 * MIB,
  /** The same compressed, in each of its two forms. */
  seriesKeptBytes: 4 * MIB,
  /** Uncompressed bytes of a frame from which on a progressive form is made: plates and mammograms have 8 to 40 MB, slices 0.5. */
  progressiveFrameBytes: 4 * MIB,
  /** Uncompressed bytes of all frames of an instance up to which it is made: some five seconds of a processor. */
  progressiveNativeBytes: 256 * MIB,
  /** The form of one instance, held in memory while it is made. */
  progressiveObjectBytes: 128 * MIB,
  /** All forms that are kept: those made first give way. */
  progressiveKeptBytes: 64 * GIB,
  /** Each of several processes says so often that it lives: a row's update. */
  processBeatMs: 5_000,
  /** Looks that found a process silent, after which it has ended for the others: half a minute, longer than a pause for breath, shorter than a sender's patience. */
  processBeats: 6,
  /** What waits for a lock that another process has: a decision about an object takes less. */
  processLockMs: 10_000,
  /** So often a process looks for what the others tell, while somebody listens: one small read. */
  newsPollMs: 1_000,
  /** Rows of news of one process: two a second at most, so two minutes. */
  newsKept: 240,
  /** What was rejected is kept for a year: a reason may turn out to be wrong when the patient comes again. */
  rejectedKeptMs: 31_622_400_000,
  /** What was deleted is kept for thirty days: by then somebody has missed it. */
  deletedKeptMs: 2_592_000_000,
  /** Instances rejected at once: a large study has a tenth of it. */
  rejectionInstances: 50_000,
  /** How often it is looked for what is due, or was not carried out. */
  rejectionLookMs: 600_000,
  /** A PDF added to a study: a scanned record of some hundred pages. It flows through. */
  documentBytes: 256 * MIB,
  /** A photo or picture added to a study: those of the largest cameras have 30 MB. It is held in memory, and so is what it decodes to. */
  pictureBytes: 64 * MIB,
  /** Of these, worked on at a time. */
  picturesAtOnce: 2,
  /** Workitems of one facility, with those that ended lately: a large department plans some hundreds a day. */
  workitems: 50_000,
  /** One Workitem as DICOM JSON: one that names 1,000 instances has 150 kB. */
  workitemBytes: 256 * KIB,
  /** What ended is told of for a month, unless somebody has locked it; when a further one is made it is forgotten. */
  workitemKeptMs: 2_592_000_000,
  /** What somebody has locked is forgotten after a year all the same: locks are left behind. */
  workitemLockedMs: 31_536_000_000,
  /** An event report with what the standard leaves to the server: a longer one goes out with what it must have. */
  workitemEventBytes: 16 * KIB,
  /** Application entities told of one Workitem: who made it, who performs it, who watches. */
  workitemSubscribers: 50,
  /** Of those that are told of the whole worklist of a facility: each is a row with every new Workitem. */
  workitemWatchers: 50,
  /** Event reports told at once to who begins to watch with a lock: a piece of what may wait for a client, and one row of news. */
  workitemToldBytes: 64 * KIB,
  /** Between two such pieces: together 2 Mbit/s, which a slow line carries, and four rows a second of the 240 that are kept. */
  workitemToldMs: 250,
  /** One mark as JSON: a freehand region of 500 points has 10 kB. */
  markBytes: 16 * KIB,
  /** Marks sent together: with the longest of them the body stays below what `/api` takes. */
  marksAtOnce: 50,
  /** Of one study, with those deleted: a follow-up of many lesions has some dozens. */
  marksOfStudy: 5_000,
  /** Marks of one answer: at most 8 MiB. */
  markPage: 500,
  /** Series named in one request for a ZIP: as many as an address has room for. */
  exportSeries: 100,
  /** Marks, or key images, of one published object: a follow-up of many lesions has some dozens. */
  publishedMarks: 200,
};
