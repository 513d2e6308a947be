/** One bound of the router, with why it is what it is. */
export interface Limit {
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | 'count' | 'per second';
  readonly reason: string;
}

export type LimitName =
  | 'pduBytes'
  | 'sentPduBytes'
  | 'receivedPduBytes'
  | 'associateBytes'
  | 'commandBytes'
  | 'responseDataSetBytes'
  | 'heldResponses'
  | 'openOperations'
  | 'sendBufferBytes'
  | 'sendBuffers'
  | 'sendBuffersKept'
  | 'smallSendBufferBytes'
  | 'afterwards'
  | 'identifierBytes'
  | 'searchPage'
  | 'searchPageBytes'
  | 'searchUids'
  | 'heldInstances'
  | 'namedFailures'
  | 'associations'
  | 'associationsPerAddress'
  | 'reservedAssociations'
  | 'connectionsPerSecond'
  | 'addresses'
  | 'artimMs'
  | 'handshakeMs'
  | 'idleMs'
  | 'stallMs'
  | 'slowestBytesPerSecond'
  | 'responseMs'
  | 'connectMs'
  | 'readAheadBytes'
  | 'inspections'
  | 'knownAes'
  | 'destinations'
  | 'deliveryBatch'
  | 'fastDeliveryBatch'
  | 'deliveryBatchBytes'
  | 'deliveryAttempts'
  | 'deliveryDelayMs'
  | 'deliveryMaxDelayMs'
  | 'circuitFailures'
  | 'emergencyRetryMs'
  | 'stowInstances'
  | 'stowBytes'
  | 'stowInstanceBytes'
  | 'stowAnswerBytes'
  | 'uploadRequestBytes'
  | 'commitmentLookMs'
  | 'deliveredKeptMs'
  | 'ordersPage'
  | 'sortedItems'
  | 'performedStepBytes'
  | 'commitmentBytes'
  | 'commitmentInstances'
  | 'openCommitments'
  | 'openCommitmentInstances'
  | 'commitmentBatch'
  | 'commitmentCalls'
  | 'commitmentsKeptMs'
  | 'notCommittedKeptMs'
  | 'commitmentQuietMs'
  | 'commitmentStayMs'
  | 'commitmentWaitMs'
  | 'commitmentGiveUpMs'
  | 'commitmentResends'
  | 'rules'
  | 'ruleDocumentBytes'
  | 'ruleProblems'
  | 'ruleVersions'
  | 'completeLookMs'
  | 'incompleteLookMs'
  | 'arrivalsKeptMs'
  | 'associationLog'
  | 'associationLogPending'
  | 'associationLogAlike'
  | 'troubles'
  | 'troublesPerAddress'
  | 'contacts'
  | 'silentHours'
  | 'closeMs';

/** Every bound of the router; `docs/limits.md` repeats this table. */
export const ROUTER_LIMITS: Readonly<Record<LimitName, Limit>> = {
  pduBytes: { value: 1_048_576, unit: 'bytes', reason: 'longest P-DATA-TF announced; beyond 1 MiB nothing gets faster' },
  sentPduBytes: {
    value: 65_536,
    unit: 'bytes',
    reason: 'longest P-DATA-TF sent: a receiver takes one whole before it looks at it, and works while the next comes',
  },
  receivedPduBytes: {
    value: 16_777_216,
    unit: 'bytes',
    reason: 'longest P-DATA-TF taken: some machines exceed what was announced, and a P-DATA-TF is never held whole',
  },
  associateBytes: {
    value: 1_048_576,
    unit: 'bytes',
    reason: 'A-ASSOCIATE PDUs are held whole; 128 contexts with 60 transfer syntaxes each need 250 kB',
  },
  commandBytes: {
    value: 65_536,
    unit: 'bytes',
    reason: 'a command set is held whole; the longest of PS3.7 needs less than 4 kB',
  },
  responseDataSetBytes: {
    value: 4_194_304,
    unit: 'bytes',
    reason: 'the data set of a response is held whole: an identifier, or the list of failed instances of a long C-MOVE',
  },
  heldResponses: {
    value: 16,
    unit: 'count',
    reason: 'responses to one operation of ours that wait for who asked; further ones wait in TCP',
  },
  openOperations: {
    value: 8,
    unit: 'count',
    reason: 'operations of ours open at a time on one association, when the peer agrees to several',
  },
  sendBufferBytes: {
    value: 1_048_576,
    unit: 'bytes',
    reason: 'of an instance read into memory for one write to a connection: a 512x512 image whole',
  },
  sendBuffers: {
    value: 16,
    unit: 'count',
    reason: 'of these in use by all who are sent instances, two or three to an association; further ones are small',
  },
  sendBuffersKept: { value: 8, unit: 'count', reason: 'of these kept when nothing is sent' },
  smallSendBufferBytes: {
    value: 65_536,
    unit: 'bytes',
    reason: 'what an instance is read into when all large ones are out: many slow receivers may take their time',
  },
  afterwards: {
    value: 4,
    unit: 'count',
    reason: 'on one association, tasks that go on after their response, such as the report of a storage commitment',
  },
  identifierBytes: {
    value: 262_144,
    unit: 'bytes',
    reason: 'an identifier of C-FIND, C-MOVE or C-GET is held whole; it has room for 4,000 UIDs',
  },
  searchPage: {
    value: 500,
    unit: 'count',
    reason:
      'results of the archive at a time: enough that asking costs little, few enough that the first answer goes out at once',
  },
  searchPageBytes: {
    value: 67_108_864,
    unit: 'bytes',
    reason: 'text of one page of results, held whole: 500 with what consoles ask for have less than 2 MB',
  },
  searchUids: {
    value: 50,
    unit: 'count',
    reason:
      'UIDs in one question to the archive: a request line over HTTP has at most 16 KiB; longer lists are asked for in parts',
  },
  heldInstances: {
    value: 10_000,
    unit: 'count',
    reason: 'instances that a C-MOVE or C-GET holds in a list, some 10 MB; of more the archive is asked again as they go out',
  },
  namedFailures: {
    value: 10_000,
    unit: 'count',
    reason: 'failed instances that a response names: their UIDs take 650 kB; all are counted',
  },
  associations: { value: 100, unit: 'count', reason: 'associations at a time; each may hold about 2.5 MiB in buffers' },
  associationsPerAddress: {
    value: 40,
    unit: 'count',
    reason: 'one machine must not take all associations; of connections, silent ones too, it may have twice as many',
  },
  reservedAssociations: {
    value: 20,
    unit: 'count',
    reason: 'the last of all associations are kept for addresses with fewer than two: a few machines must not take all either',
  },
  connectionsPerSecond: {
    value: 50,
    unit: 'per second',
    reason: 'new connections of one address, sustained; a burst may be ten times that',
  },
  addresses: { value: 10_000, unit: 'count', reason: 'addresses whose connection rate is remembered' },
  artimMs: {
    value: 30_000,
    unit: 'ms',
    reason: 'ARTIM timer of PS3.8 9.1.5: a peer that connects must ask, one that left must close',
  },
  handshakeMs: {
    value: 15_000,
    unit: 'ms',
    reason: 'a TLS handshake takes three ways over the line; who does not finish it only takes a place',
  },
  idleMs: {
    value: 600_000,
    unit: 'ms',
    reason: 'silence between messages; some modalities keep an association open through an examination',
  },
  stallMs: { value: 60_000, unit: 'ms', reason: 'silence within a message, or a peer that takes no bytes' },
  slowestBytesPerSecond: {
    value: 500,
    unit: 'per second',
    reason: 'slower than the slowest line: who sends a data set in a trickle only holds the association',
  },
  responseMs: { value: 300_000, unit: 'ms', reason: 'how long a peer may take to answer what we sent' },
  connectMs: { value: 15_000, unit: 'ms', reason: 'TCP connection to a destination' },
  readAheadBytes: {
    value: 262_144,
    unit: 'bytes',
    reason: 'memory a connection is read into; what is in it is used before more is read',
  },
  inspections: {
    value: 2,
    unit: 'count',
    reason: 'objects looked at whole at a time, before the archive does: a deflated one is inflated in memory (256 MiB)',
  },
  knownAes: { value: 5_000, unit: 'count', reason: 'listed application entities are held in memory' },
  destinations: { value: 100, unit: 'count', reason: 'each destination has a delivery loop of its own' },
  deliveryBatch: { value: 400, unit: 'count', reason: 'instances sent over one association before the next is opened' },
  fastDeliveryBatch: { value: 2_000, unit: 'count', reason: 'the same over HTTP, where 100 Mbit/s and more went out lately' },
  deliveryBatchBytes: { value: 1_073_741_824, unit: 'bytes', reason: 'of either, unless one is longer: 90 s at 100 Mbit/s' },
  deliveryAttempts: {
    value: 300,
    unit: 'count',
    reason: 'tries before a delivery is set aside for a person: about six days with the longest delay between them',
  },
  deliveryDelayMs: { value: 5_000, unit: 'ms', reason: 'before the second try; doubled after each' },
  commitmentLookMs: {
    value: 15_000,
    unit: 'ms',
    reason: 'before it is looked again whether what is on its way to the archive has arrived',
  },
  deliveryMaxDelayMs: { value: 1_800_000, unit: 'ms', reason: 'longest time between two tries' },
  circuitFailures: {
    value: 3,
    unit: 'count',
    reason: 'failures of a destination in a row, after which one delivery alone tries whether it is back',
  },
  emergencyRetryMs: {
    value: 60_000,
    unit: 'ms',
    reason: 'while an emergency waits, a destination that fails is tried at least so often',
  },
  stowInstances: { value: 100, unit: 'count', reason: 'instances of one STOW request: what breaks off is sent again' },
  stowBytes: {
    value: 16_777_216,
    unit: 'bytes',
    reason: 'of one STOW request, one instance at least: likewise; two are under way',
  },
  stowInstanceBytes: {
    value: 8_388_608,
    unit: 'bytes',
    reason: 'a longer instance goes to another Filmless by upload, which goes on where it was broken off',
  },
  stowAnswerBytes: {
    value: 4_194_304,
    unit: 'bytes',
    reason: 'the answer to a STOW request is held whole: 100 instances have some 60 kB',
  },
  uploadRequestBytes: {
    value: 67_108_864,
    unit: 'bytes',
    reason: 'of one request of an upload: five minutes of a slow line, which proxies and servers allow',
  },
  deliveredKeptMs: { value: 604_800_000, unit: 'ms', reason: 'finished deliveries stay listed for a week' },
  ordersPage: { value: 200, unit: 'count', reason: 'orders asked of the archive at a time for a worklist; each has some 2 kB' },
  sortedItems: {
    value: 2_000,
    unit: 'count',
    reason: 'items of a worklist put in order at a time, about 4 MB: more than a machine has in a day',
  },
  performedStepBytes: {
    value: 8_388_608,
    unit: 'bytes',
    reason: 'a performed procedure step is held whole: 150 bytes for each of 50,000 instances it names',
  },
  commitmentBytes: {
    value: 8_388_608,
    unit: 'bytes',
    reason: 'a request for storage commitment, and a report of one, is held whole',
  },
  commitmentInstances: { value: 20_000, unit: 'count', reason: 'instances of one request for storage commitment' },
  openCommitments: {
    value: 5_000,
    unit: 'count',
    reason: 'requests whose report nobody took yet: a machine that never listens must not fill the disk',
  },
  openCommitmentInstances: { value: 1_000_000, unit: 'count', reason: 'instances of these requests, some 200 MB on disk' },
  commitmentBatch: {
    value: 100,
    unit: 'count',
    reason: 'requests looked for at a time; those of one machine go over one association',
  },
  commitmentCalls: {
    value: 4,
    unit: 'count',
    reason: 'machines called at a time to report: one that hangs must not keep others waiting',
  },
  commitmentsKeptMs: { value: 2_592_000_000, unit: 'ms', reason: 'reported and abandoned requests stay listed for 30 days' },
  notCommittedKeptMs: {
    value: 31_536_000_000,
    unit: 'ms',
    reason: 'instances that a machine asked about and that never came are told of for a year',
  },
  commitmentQuietMs: {
    value: 10_000,
    unit: 'ms',
    reason: 'after a delivery, before its receiver is asked about it: what is sent together is asked for together',
  },
  commitmentStayMs: {
    value: 10_000,
    unit: 'ms',
    reason: 'how long our association stays open for the report on what we asked; then the receiver calls us',
  },
  commitmentWaitMs: { value: 86_400_000, unit: 'ms', reason: 'after a day without a report the receiver is asked anew' },
  commitmentGiveUpMs: {
    value: 518_400_000,
    unit: 'ms',
    reason: 'six days after a delivery its receiver is asked no more: as long as a delivery itself is tried',
  },
  commitmentResends: {
    value: 3,
    unit: 'count',
    reason: 'times an instance is sent again that the receiver does not commit itself to',
  },
  rules: { value: 1_000, unit: 'count', reason: 'each is asked for each instance; a hospital has some ten' },
  ruleDocumentBytes: {
    value: 524_288,
    unit: 'bytes',
    reason: 'a document of rules is read at once, on the thread that serves all; a thousand rules need some 300 kB',
  },
  ruleProblems: { value: 50, unit: 'count', reason: 'faults of a document that are told at once; who mends them sees the next' },
  ruleVersions: { value: 100, unit: 'count', reason: 'documents that were in force and can be looked at again' },
  completeLookMs: {
    value: 10_000,
    unit: 'ms',
    reason: 'how often the archive is asked whether a study that a rule waits for is complete, while it arrives',
  },
  incompleteLookMs: { value: 60_000, unit: 'ms', reason: 'the same for a study of which a machine has named more than it sent' },
  arrivalsKeptMs: {
    value: 2_592_000_000,
    unit: 'ms',
    reason: 'a study that is not complete after 30 days will not be: what waits for it is let go',
  },
  associationLog: { value: 10_000, unit: 'count', reason: 'associations kept in the log' },
  associationLogPending: {
    value: 1_000,
    unit: 'count',
    reason: 'log lines waiting for their commit; more are dropped, images are not',
  },
  associationLogAlike: {
    value: 20,
    unit: 'count',
    reason: 'lines of one trouble of one machine: one that tries every second must not push out the others; all are counted',
  },
  troubles: { value: 2_000, unit: 'count', reason: 'troubles kept, each with how often it was seen; some 1 kB each' },
  troublesPerAddress: {
    value: 50,
    unit: 'count',
    reason: 'of these from one address: who calls itself otherwise each time must not push out the others',
  },
  contacts: { value: 10_000, unit: 'count', reason: 'titles whose last call is remembered, some 1 kB each in memory' },
  silentHours: {
    value: 4,
    unit: 'count',
    reason: 'hours in which a machine usually calls and did not, before it counts as silent: half a working day',
  },
  closeMs: { value: 5_000, unit: 'ms', reason: 'at shutdown, time for messages under way; then the association is aborted' },
};

export type RouterLimits = Readonly<Record<LimitName, number>>;

const DEFAULTS = Object.fromEntries(Object.entries(ROUTER_LIMITS).map(([name, limit]) => [name, limit.value])) as RouterLimits;

/** The limits, with those a configuration overrides. */
export function routerLimits(overrides: Partial<RouterLimits> = {}): RouterLimits {
  return { ...DEFAULTS, ...overrides };
}
