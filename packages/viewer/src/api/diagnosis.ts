import { asRecord, list, object, or, type Parse, text } from './json.ts';

/** What is known of a failure, by name; lists as one text. */
export type Facts = Readonly<Record<string, string | number | readonly string[]>>;

/** Why something failed, by the server's word for it, with the server's own English. */
export interface Diagnosis {
  readonly cause: string;
  readonly facts: Facts;
  readonly reason: string;
  readonly advice: string;
}

const names = list(text);

const parseFacts: Parse<Facts> = (value, path) =>
  Object.fromEntries(
    Object.entries(asRecord(value, path)).map(([name, fact]) => [
      name,
      typeof fact === 'number' || typeof fact === 'string' ? fact : Array.isArray(fact) ? names(fact, path) : String(fact),
    ]),
  );

export const DIAGNOSIS: { readonly [K in keyof Diagnosis]-?: Parse<Diagnosis[K]> } = {
  cause: text,
  facts: or(parseFacts, {}),
  reason: or(text, ''),
  advice: or(text, ''),
};

/** What came of a C-ECHO or a test image; `detail` says what went wrong. */
export interface TestOutcome {
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly status: string | null;
  readonly detail: string;
  readonly diagnosis: Diagnosis | null;
}

export const parseDiagnosis: Parse<Diagnosis> = object<Diagnosis>(DIAGNOSIS);
