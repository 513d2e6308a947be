/** What commands read of the server's answers; more may stand in them. */
export interface Tested {
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly status: string | null;
  readonly detail: string;
  readonly diagnosis: { readonly cause: string; readonly reason: string; readonly advice: string } | null;
}

export interface ListedAe {
  readonly title: string;
  readonly host?: string;
  readonly port?: number;
  readonly may: readonly string[];
  readonly facility: string;
  readonly tls?: boolean | { readonly fingerprint?: string; readonly name?: string };
  readonly lastSeen: string | null;
  readonly silent: { readonly since: string; readonly hours: number } | null;
}

export interface ListedProblem {
  readonly id: number;
  readonly direction: string;
  readonly title: string;
  readonly address: string;
  readonly cause: string;
  readonly reason: string;
  readonly advice: string;
  readonly times: number;
  readonly lastSeen: string;
  readonly fixes: readonly { readonly kind: string; readonly needs: readonly string[]; readonly changes: readonly Change[] }[];
}

interface Change {
  readonly field: string;
  readonly from: string | null;
  readonly to: string;
}

export interface ListedQueue {
  readonly destination: string;
  readonly queued: number;
  readonly sending: number;
  readonly done: number;
  readonly aside: number;
  readonly paused: boolean;
  readonly problem: string | null;
  readonly bytesWaiting: number;
  readonly problems: readonly { readonly problem: string; readonly deliveries: number }[];
}

export interface ListedDelivery {
  readonly id: number;
  readonly studyInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly state: string;
  readonly class: string;
  readonly attempts: number;
  readonly problem: string | null;
}

export interface ListedDestination {
  readonly id: string;
  readonly kind?: string;
  readonly aeTitle?: string;
  readonly host?: string;
  readonly port?: number;
  readonly callingAe?: string;
  readonly tls?: ListedAe['tls'];
}

export interface ListedReceiptStudy {
  readonly studyInstanceUid: string;
  readonly accessionNumber: string;
  readonly receipt: {
    readonly missing: number;
    readonly refused: number;
    readonly aside: number;
    readonly waiting: number;
  };
}

export interface ToldReceipt {
  readonly state: string;
  readonly missing: number;
  readonly told: readonly { readonly by: string; readonly from: string; readonly count: number }[];
  readonly sent: readonly {
    readonly callingAe: string | null;
    readonly user: string | null;
    readonly count: number;
    readonly last: string;
  }[];
  readonly safe: number;
  readonly indexed: number;
  readonly refused: number;
  readonly commitment: { readonly asked: number; readonly granted: number };
  readonly deliveries: readonly {
    readonly destination: string;
    readonly delivered: number;
    readonly waiting: number;
    readonly held: number;
    readonly aside: number;
    readonly problem: string | null;
  }[];
}

/** A server of the same version gives what its OpenAPI document says; NOTE: the one place where that is believed. */
export function listIn<T>(answer: unknown, name: string): readonly T[] {
  const found = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  return Array.isArray(found) ? (found as readonly T[]) : [];
}

export function parseTested(answer: unknown): Tested {
  return answer as Tested;
}

/** The fix that was made, and how the C-ECHO after it went. */
export function parseMended(answer: unknown): { readonly test: Tested | null } {
  return answer as { readonly test: Tested | null };
}

export function parseReceipt(answer: unknown): ToldReceipt {
  return answer as ToldReceipt;
}
