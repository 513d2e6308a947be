/** Why an association, or one operation of it, failed: a word a program can decide by. `doctor/diagnoses.ts` says what each means. */
export const CAUSES = [
  // Who calls, and how it is called.
  'calling-ae-unknown',
  'calling-ae-barred',
  'called-ae-wrong',
  'from-elsewhere',
  'user-refused',
  'application-context',
  'protocol-version',
  'request-malformed',
  // What was asked for.
  'service-not-allowed',
  'sop-class-refused',
  'transfer-syntax-refused',
  // How many ask.
  'too-many-associations',
  'too-often',
  // TLS.
  'tls-needed',
  'tls-on-clear-port',
  'clear-on-tls-port',
  'tls-untrusted',
  'tls-expired',
  'tls-not-yet-valid',
  'tls-wrong-name',
  'tls-no-certificate',
  'tls-other-certificate',
  'tls-version',
  'tls-cipher',
  'tls-closed',
  'tls-failed',
  'tls-ours-refused',
  'tls-ours-expired',
  // What comes over the line.
  'http-on-dicom-port',
  'dicom-on-http-port',
  'not-dicom',
  'pdu-too-long',
  'pdu-invalid',
  'protocol-error',
  // Time, and the line itself.
  'timeout-connect',
  'timeout-tls',
  'timeout-association',
  'timeout-answer',
  'timeout-silent',
  'aborted-by-peer',
  'connection-lost',
  'connected-and-left',
  'connection-refused',
  'host-unreachable',
  'name-unknown',
  // What a peer that we called says.
  'peer-knows-us-not',
  'peer-has-other-title',
  'peer-is-busy',
  'peer-rejected',
  'peer-hung-up',
  'peer-refuses-class',
  'peer-refused-object',
  'peer-answered-http',
  'peer-wants-tls',
  'peer-speaks-clear',
  // What a web server or a folder that we send to says.
  'token-refused',
  'token-lacks-right',
  'no-service-there',
  'receiver-full',
  'receiver-fails',
  'folder-missing',
  'folder-not-writable',
  // Single operations.
  'disk-full',
  'archive-away',
  'wrong-facility',
  'not-authorized',
  'object-broken',
  'move-destination-unknown',
  'query-refused',
  'operation-refused',
  'fault-here',
] as const;

export type Cause = (typeof CAUSES)[number];

/** What is known of it, by name: titles, addresses, UIDs, numbers; never anything of a patient. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Finding {
  readonly cause: Cause;
  readonly facts: Facts;
}

export function isCause(text: string): text is Cause {
  return CAUSES.some((cause) => cause === text);
}
