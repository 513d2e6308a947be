import type { Cause, Facts } from '../finding.ts';
import { DIAGNOSES } from './diagnoses.ts';

/** What is said of a trouble. */
export interface Diagnosis {
  readonly cause: Cause;
  /** For a person, in English. */
  readonly reason: string;
  readonly advice: string;
}

/** A trouble as the words need it. */
export interface Ailing {
  readonly cause: Cause;
  readonly facts: Facts;
  readonly title: string;
  readonly calling: string;
  readonly address: string;
  readonly port: number | null;
  readonly detail: string;
}

/** This server, as a machine has to be told of it. */
export interface Own {
  readonly aeTitle: string;
  readonly port: number;
  readonly tlsPort: number | undefined;
}

/** Every fact that words may name; what is not known is a dash. */
export function factsOf({ facts, title, calling, address, port, detail }: Ailing, own: Own): Facts {
  return {
    called: '–',
    asks: '–',
    classes: '–',
    syntaxes: '–',
    seconds: '–',
    name: '–',
    pdu: '–',
    length: '–',
    max: '–',
    service: '–',
    status: '–',
    destination: '–',
    seen: address,
    expected: '–',
    peer: title === '' ? address : title,
    calling,
    address,
    port: port ?? '–',
    detail,
    own: own.aeTitle,
    clearPort: own.port,
    tlsPort: own.tlsPort ?? '–',
    ...facts,
  };
}

/** Why it failed and what to do, in English. */
export function diagnose(cause: Cause, facts: Facts): Diagnosis {
  const { reason, advice } = DIAGNOSES[cause];
  return { cause, reason: fill(reason, facts), advice: fill(advice, facts) };
}

function fill(words: string, facts: Facts): string {
  return words.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = facts[name];
    if (value === undefined) {
      return place;
    }
    return typeof value === 'object' ? value.join(', ') : String(value);
  });
}
