/** Bounds of the connections to PostgreSQL. Rows in docs/limits.md. */
export const POSTGRES_LIMITS = {
  /** Connections of one database that read, unless its opener says otherwise. */
  readers: 3,
  /** Calls that share a commit. */
  batchCalls: 32,
  /** Times that a transaction is run again which others kept from being serial. */
  attempts: 20,
  /** Milliseconds between two of them at most. */
  pauseMs: 100,
  /** Connections that may be lost under a call before its commit, or under a read. */
  losses: 3,
  /** Milliseconds until a connection stands. */
  connectMs: 5000,
  /** Milliseconds a statement may take; migrations may take longer. */
  answerMs: 15_000,
  /** Milliseconds a server that says nothing is given beyond that. */
  silenceMs: 2000,
  /** Milliseconds to wait for a row that another holds. */
  lockMs: 10_000,
  /** Milliseconds after which the server ends a transaction whose client says nothing. */
  idleTransactionMs: 60_000,
  /** Seconds without a word after which the server asks whether the client is still there, between two questions, and how many. */
  peerIdleS: 30,
  peerAgainS: 10,
  peerQuestions: 3,
  /** Milliseconds a connection is kept without use. */
  idleMs: 60_000,
  /** Milliseconds a start waits for a server that is not there yet. */
  startMs: 60_000,
  /** Milliseconds between two looks for a server that is away, and at one of which nothing is heard. */
  probeMs: 1000,
  lookMs: 5000,
  /** Parameters of a statement that is prepared by name. */
  preparedParameters: 100,
} as const;
