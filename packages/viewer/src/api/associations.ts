import { type Client, pathOf } from './client.ts';
import { DIAGNOSIS, type Diagnosis, parseDiagnosis, type TestOutcome } from './diagnosis.ts';
import { flag, list, number, object, oneOf, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

/** Who asked for an association: the machine, or this server. */
type Direction = 'in' | 'out';

const DIRECTIONS: readonly Direction[] = ['in', 'out'];

interface FixChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string;
}

const FIX_KINDS = ['add', 'allow', 'address', 'tls-on', 'tls-off', 'pin'] as const;

/** A change that mends a problem; `needs` is what a person must give. */
export interface Fix {
  readonly kind: (typeof FIX_KINDS)[number];
  readonly target: 'ae' | 'destination';
  readonly id: string;
  readonly changes: readonly FixChange[];
  readonly needs: readonly ('host' | 'port')[];
}

/** What went wrong with one machine, as often as it did. */
export interface AssociationProblem extends Diagnosis {
  readonly id: number;
  readonly direction: Direction;
  /** AE title of the machine; empty where it said none. */
  readonly title: string;
  readonly address: string;
  readonly port: number | null;
  readonly tls: boolean;
  readonly purpose: string;
  readonly destination: string | null;
  readonly detail: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly times: number;
  /** When the machine got through without it; null: it is still so. */
  readonly settledAt: string | null;
  readonly fixes: readonly Fix[];
}

/** A line of the log. */
export interface Association {
  readonly id: number;
  /** What the log calls it. */
  readonly association: string;
  readonly at: string;
  readonly direction: Direction;
  readonly callingAe: string;
  readonly calledAe: string;
  readonly address: string;
  readonly port: number | null;
  readonly tls: boolean;
  readonly purpose: string;
  readonly outcome: string;
  readonly detail: string;
  readonly stored: number;
  readonly failed: number;
  readonly milliseconds: number;
  readonly problem: number | null;
}

export interface ProblemDetail extends AssociationProblem {
  readonly associations: readonly Association[];
}

export interface ProblemPage {
  readonly problems: readonly AssociationProblem[];
  readonly total: number;
}

/** What came of a change, and of the C-ECHO after it. */
export interface Mended {
  readonly fix: Fix;
  readonly test: TestOutcome | null;
}

const parseFix: Parse<Fix> = object<Fix>({
  kind: oneOf(...FIX_KINDS),
  target: oneOf('ae', 'destination'),
  id: text,
  changes: list(object<FixChange>({ field: text, from: or(text, null), to: text })),
  needs: list(oneOf('host', 'port')),
});

const PROBLEM = {
  ...DIAGNOSIS,
  id: number,
  direction: oneOf(...DIRECTIONS),
  title: text,
  address: text,
  port: or(number, null),
  tls: or(flag, false),
  purpose: or(text, ''),
  destination: or(text, null),
  detail: or(text, ''),
  firstSeen: text,
  lastSeen: text,
  times: number,
  settledAt: or(text, null),
  fixes: or(list(parseFix), []),
};

const parseAssociation: Parse<Association> = object<Association>({
  id: number,
  association: or(text, ''),
  at: text,
  direction: oneOf(...DIRECTIONS),
  callingAe: text,
  calledAe: text,
  address: text,
  port: or(number, null),
  tls: or(flag, false),
  purpose: or(text, ''),
  outcome: text,
  detail: or(text, ''),
  stored: number,
  failed: number,
  milliseconds: number,
  problem: or(number, null),
});

const parseProblems: Parse<ProblemPage> = object<ProblemPage>({
  problems: list(object<AssociationProblem>(PROBLEM)),
  total: number,
});
const parseDetail: Parse<ProblemDetail> = object<ProblemDetail>({ ...PROBLEM, associations: list(parseAssociation) });
const parsePage: Parse<Page<Association>> = pageIn('associations', parseAssociation, number);

export const parseOutcome: Parse<TestOutcome> = object<TestOutcome>({
  ok: flag,
  milliseconds: or(number, 0),
  status: or(text, null),
  detail: or(text, ''),
  diagnosis: or(parseDiagnosis, null),
});

const parseMended: Parse<Mended> = object<Mended>({ fix: parseFix, test: or(parseOutcome, null) });

export function readProblems(client: Client, query: URLSearchParams, signal?: AbortSignal): Promise<ProblemPage> {
  return client.get(`/api/association-problems?${query}`, parseProblems, signal);
}

export function readProblem(client: Client, id: number, signal?: AbortSignal): Promise<ProblemDetail> {
  return client.get(pathOf('api', 'association-problems', String(id)), parseDetail, signal);
}

/** Makes the change, and tries the machine. */
export function mendProblem(client: Client, id: number, kind: Fix['kind'], given: object): Promise<Mended> {
  const path = `${pathOf('api', 'association-problems', String(id))}/fix`;
  return client.exchange(path, { method: 'POST', body: { kind, ...given } }, parseMended);
}

export function forgetProblem(client: Client, id: number): Promise<void> {
  return client.send(pathOf('api', 'association-problems', String(id)), { method: 'DELETE' });
}

export function readAssociations(client: Client, query: URLSearchParams, signal?: AbortSignal): Promise<Page<Association>> {
  return client.get(`/api/associations?${query}`, parsePage, signal);
}
