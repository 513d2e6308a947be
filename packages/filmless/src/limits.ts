/** Limits of the HTTP server and the process, each with its reason. Times are milliseconds. */
export const SERVER_LIMITS = {
  /** Connections at once: a hospital's workstations with six each, and a bound on sockets. */
  connections: 2_000,
  /** Bytes of a request's headers: Node's own; lists of UIDs to QIDO go in pieces. */
  headerBytes: 16_384,
  /** Headers of a request. */
  headers: 100,
  /** A client that dribbles its headers is cut off. */
  headersTimeout: 20_000,
  /** A whole request: four hours, a study of 5 GB over 3 Mbit/s. */
  requestTimeout: 14_400_000,
  /** A connection on which nothing moves is cut off: ten minutes, in which the largest object reaches a slow object store. */
  idleTimeout: 600_000,
  /** A WebSocket over which nothing goes is asked for a sign of life; who gave none since the last time is let go. */
  webSocketPing: 30_000,
  /** What closes a WebSocket is waited for. */
  webSocketClose: 1_000,
  /** Bytes of a client's frame: it has nothing to say. */
  webSocketFrame: 4_096,
  /** Bytes that wait for a client that reads slowly, or that it sends after it was closed; it comes back, and looks again. */
  webSocketWaiting: 1_048_576,
  /** How often the three times above are looked at. */
  timeoutCheck: 10_000,
  /** Bytes of a body under `/api`: settings and orders are small; images come by `/dicom-web`, which limits each. */
  apiBody: 1_048_576,
  /** An idle kept-alive connection: longer than the 60 s of common reverse proxies, which would otherwise meet closed ones. */
  keepAliveTimeout: 65_000,
  /** Requests on one connection: the connection is then made anew. */
  requestsPerConnection: 10_000,
  /** Requests of a connection that wait while one is answered: clients that send ahead do so by eight or ten. */
  pipelined: 16,
  /** Bytes read on after a refusal, so that its sender can see it; the rest breaks the connection. */
  discardedBody: 67_108_864,
  /** At the end, running requests have this long; the whole end has ten seconds. */
  drain: 5_000,
  stop: 10_000,
  /** How often the local certificate's end is looked at. */
  certificateCheck: 86_400_000,
  /** How often it is looked whether the operator replaced certificates: a minute after that they are shown. */
  certificateFiles: 60_000,
  /** Free bytes of the data directory's disk below which the server is not ready, when images lie elsewhere: room for the databases. */
  freeBytes: 1_073_741_824,
  /** Free bytes below which a warning says so: some days of images, in time to buy a disk. */
  lowBytes: 10_737_418_240,
  /** An answer that begins later than this is written down as slow. */
  slowRequest: 2_000,
  /** How long what was found about the own DICOM port is believed. */
  portCheck: 10_000,
  /** How long a count of the deliveries is believed. */
  queueCheck: 15_000,
  /** How often the clock is looked at for jumps. */
  clockTick: 10_000,
  /** A jump of the clock that is spoken of: more than a time server corrects at once in a healthy machine. */
  clockJump: 5_000,
  /** Difference to a workstation's clock, network included, that is spoken of. */
  clockSkew: 120_000,
  /** What was found about the clock is told for a day. */
  clockMemory: 86_400_000,
  /** Workstations whose clocks are remembered. */
  clockClients: 1_000,
  /** A study so far in the future was dated by a clock that differs. */
  studyAhead: 300_000,
  /** How often the newest studies are looked at. */
  studyCheck: 600_000,
  /** A backup is made when the last is so old, where a folder for it is given. */
  backupEvery: 86_400_000,
  /** How often it is looked whether one is due. */
  backupCheck: 600_000,
  /** A move to PostgreSQL says how far it is so often. */
  moveTold: 10_000,
  /** It looks again for what a running server stored after so long, or after as long as looking took. */
  moveAgain: 5_000,
  /** It looks so often whether the server has stopped. */
  moveLook: 500,
  /** Times it looks through a stopped archive before it gives up: it should find no difference at the second. */
  movePasses: 5,
  /** A backup that failed is tried again after this. */
  backupRetry: 3_600_000,
  /** Characters of what a failed backup said that are kept. */
  backupWords: 1_000,
  /** Bytes of a static file that is compressed in memory on demand. */
  compressFile: 16_777_216,
  /** Bytes of a JSON answer from which it is compressed: a shorter one fits into one packet anyway. */
  compressFrom: 1_024,
  /** Answers compressed at once: each takes up to 2 MiB for its window and tables. */
  compressions: 32,
} as const;

/** Limits of a gateway, each with its reason. Times are milliseconds. */
export const GATEWAY_LIMITS = {
  /** How often it is looked, where nothing was told, whether something is to be brought to the centre. */
  round: 300_000,
  /** While the centre does not answer it is tried so often. */
  retry: 5_000,
  /** Changes that come within this time are looked at together. */
  gather: 300,
  /** A stream of events on which nothing comes is opened anew: the centre gives a sign of life every 15 s. */
  silence: 40_000,
  /** A round that takes longer is begun anew: a line that swallows everything must not stop it for good. */
  roundTimeout: 120_000,
  /** Orders of so many days before today are mirrored: patients come late. */
  orderDaysBack: 2,
  /** Likewise after today: appointments of a week, and a line that is away over holidays. */
  orderDaysAhead: 14,
  /** Orders asked for at once. */
  orderPage: 200,
  /** Pages of a facility that are read: 20,000 orders, more than a site has in that time. */
  orderPages: 100,
  /** Performed steps listed at once. */
  stepPage: 100,
  /** How often all orders of those days are listed anew: a change is told and asked for by itself, this finds what was not told. */
  listing: 3_600_000,
  /** Orders that changed and are asked for one by one; more at once are found by listing all. */
  changedOrders: 100,
  /** How old what is written down of the worklist's age may be. */
  stateEvery: 300_000,
  /** How often the copies here are looked through. */
  copiesRound: 600_000,
  /** Studies looked at together. */
  copiesPage: 100,
  /** One that could not be removed is tried again after this. */
  copiesAskAgain: 3_600_000,
  /** Studies of which that is remembered. */
  copiesLater: 10_000,
  /** Hundredths of the disk that are free below which copies go sooner: well before machines are sent away at 92 %. */
  shortPercent: 15,
  /** And until so many are free again. */
  enoughPercent: 20,
  /** A study to which something came this lately never goes: it may still be coming in, and its machine has yet to say that it is done. */
  leastKept: 3_600_000,
  /** Objects the centre is asked about at once: what it takes. */
  askedDigests: 500,
  /** The same by QIDO-RS: a URL of them is half of what an HTTP server takes as a header. */
  askedUids: 100,
  /** A study on its way is asked about at the centre so long after a step. */
  receiptDelay: 3_000,
  /** Studies that wait to be asked about. */
  receiptsWaiting: 1_000,
  /** What the centre said last is remembered of so many: each some 200 bytes. */
  receiptsKnown: 5_000,
  /** Somebody waits for the answer: after this what was known before is shown. */
  receiptTimeout: 5_000,
  /** Studies of one page of the list of what was removed. */
  removedPage: 100,
  /** Steps begun longer ago are not looked at any more: a line may be away for a month. */
  stepMemory: 2_678_400_000,
} as const;
