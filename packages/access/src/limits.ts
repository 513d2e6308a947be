/** Every limit of this package, with its reason. Times are milliseconds. */
export const ACCESS_LIMITS = {
  /** Characters. Between QD 326/2024 (8) and TCVN 14423:2026 without a second factor (14). */
  passwordMinLength: 12,
  /** Bytes of UTF-8: a longer one would only cost time. */
  passwordMaxBytes: 1024,
  /** Password hashes at once: argon2 runs on the thread pool that fsync needs too. */
  hashesAtOnce: 2,
  /** Hashes that may wait; a further sign-in is told to come back. About 64 x 40 ms on two threads. */
  hashesWaiting: 64,
  /** A session nobody used ends: one hour, a workstation left alone at lunch. */
  sessionIdle: 3_600_000,
  /** A session ends in any case: twelve hours, one shift. */
  sessionAbsolute: 43_200_000,
  /** Sessions of one account; the oldest gives way. */
  sessionsPerAccount: 20,
  /** How long a session or token is trusted without asking the database: another process may have ended it. */
  credentialCache: 5_000,
  /** With several servers, each looks so often whether another has changed rights or facilities. */
  revisionPoll: 2_000,
  /** Connections that stay open are looked at so often, whether what they were opened by still holds. */
  connectionCheck: 3_000,
  /** Sessions and tokens remembered in memory. */
  credentialCacheEntries: 10_000,
  /** `seen_at` is written at most this often. */
  touchInterval: 60_000,
  /** How long a Basic password that argon2 verified is recognised by its keyed hash. */
  basicCache: 300_000,
  basicCacheEntries: 1_000,
  /** API tokens of an installation. */
  tokens: 1_000,
  accounts: 10_000,
  facilities: 1_000,
  /** A one-time link of `filmless reset-admin` ends after this. */
  setupLink: 86_400_000,
  /** A subject's views of one study are one line of the audit trail in this time. */
  viewWindow: 300_000,
  /** Views wait at most this long for their batch. */
  viewFlush: 2_000,
  /** Views that may wait while the disk is slow; a further one is counted as lost, and readiness says so. */
  viewsWaiting: 5_000,
  /** (subject, study) pairs remembered for `viewWindow`. */
  viewMemory: 50_000,
  /** Lines of a page of the audit trail. */
  auditPage: 1_000,
  /** Characters of a free text in the audit trail. */
  auditText: 1_000,
  /** Actions a person may give keys of their own; the product has about a hundred. */
  ownKeys: 500,
  /** Hanging protocols of a person, and of the hospital. */
  hangings: 100,
  /** Lists and objects within each other in a hanging protocol: what is deeper can be read but not written again. */
  hangingDepth: 20,
  /** Minutes after which an unused screen may lock itself at the latest: a session nobody uses ends after an hour. */
  lockMinutes: 60,
  /** Bytes of a JSON body of this package's routes. */
  jsonBody: 65_536,
} as const;
