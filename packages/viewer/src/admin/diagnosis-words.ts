import { ApiError } from '../api/client.ts';
import type { Destination } from '../api/destinations.ts';
import type { Diagnosis, Facts, TestOutcome } from '../api/diagnosis.ts';
import { failureText } from '../api/failure.ts';
import { type Parameters, t, textOf } from '../i18n/index.ts';

/** A failure in the language of the screen. */
export interface Told {
  readonly reason: string;
  readonly advice: string;
}

/** The server's own English, where a newer server knows a cause that this page does not. */
export function told({ cause, facts, reason, advice }: Diagnosis): Told {
  const parameters = parametersOf(facts);
  return {
    reason: textOf('diagnosis', `reason_${cause}`, parameters) ?? reason,
    advice: textOf('diagnosis', `advice_${cause}`, parameters) ?? advice,
  };
}

/** Ports are no quantities: as text they get no separator of thousands. */
function parametersOf(facts: Facts): Parameters {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      name === 'asks' ? permissions(fact) : typeof fact === 'object' ? fact.join(', ') : String(fact),
    ]),
  );
}

function permissions(fact: Facts[string]): string {
  const names = typeof fact === 'object' ? fact : [];
  return names.map((name) => textOf('aes', `may_${name}`) ?? name).join(', ') || String(fact);
}

/** What came of a C-ECHO or a test image. */
export function outcomeWords(
  title: string,
  test: 'echo' | 'test-image',
  { ok, milliseconds, detail, diagnosis }: TestOutcome,
): string {
  if (ok) {
    return t(test === 'echo' ? 'aes.echoOk' : 'aes.imageOk', { title, ms: milliseconds });
  }
  if (diagnosis === null) {
    return t('aes.echo_failed', { detail });
  }
  const { reason, advice } = told(diagnosis);
  return `${reason} ${advice}`;
}

/** What came of asking a destination whether it would take images. */
export function destinationTestWords({ id, kind }: Destination, { ok, milliseconds, detail, diagnosis }: TestOutcome): string {
  if (ok) {
    return t(`destinations.testOk_${kind}`, { id, ms: milliseconds });
  }
  if (diagnosis === null) {
    return t('aes.echo_failed', { detail });
  }
  const { reason, advice } = told(diagnosis);
  return `${reason} ${advice}`;
}

/** A test that could not even begin. */
export function testProblem(problem: unknown): string {
  return problem instanceof ApiError && problem.status === 400 ? t('aes.echoNoAddress') : failureText(problem);
}
