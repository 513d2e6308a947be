import type { VNode } from 'preact';
import type { AssociationProblem } from '../api/associations.ts';
import { deliveryProblem, sopClassName } from '../api/delivery-problem.ts';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { told } from './diagnosis-words.ts';
import type { NamedDelivery } from './queue-deliveries.tsx';

export interface DeliveryWhyProps {
  readonly delivery: NamedDelivery;
  readonly problems: readonly AssociationProblem[];
}

/** Why it did not arrive the last time, what to do, and when it goes next. */
export function DeliveryWhy({ delivery, problems }: DeliveryWhyProps): VNode | null {
  const { problem, attempts, state, heldUntil, nextAttempt } = delivery;
  const held = heldUntil !== null && Date.parse(heldUntil) > Date.now() && state === 'queued';
  const found = problem === null ? undefined : findingOf(problem, problems);
  const words = found === undefined ? undefined : told(found);
  const later = state === 'queued' && !held && Date.parse(nextAttempt) > Date.now();
  if (!held && !later && problem === null) {
    return null;
  }
  return (
    <div class="delivery-why">
      {held && <span>{t('queues.held', { at: formatInstant(heldUntil) })}</span>}
      {problem !== null && <span>{words?.reason ?? deliveryProblem(problem)}</span>}
      {words !== undefined && <span class="soft">{words.advice}</span>}
      {attempts > 0 && problem !== null && <span class="faint">{t('queues.attempts', { count: attempts })}</span>}
      {later && <span class="faint">{t('queues.nextTry', { at: formatInstant(nextAttempt) })}</span>}
    </div>
  );
}

/** The finding that speaks of the same failure: it has the sentence of the log, the status that was answered, or the class. */
function findingOf(problem: string, problems: readonly AssociationProblem[]): AssociationProblem | undefined {
  const status = /\b[0-9A-F]{4}H\b/.exec(problem)?.[0];
  const refused = /does not take SOP class (\S+)/.exec(problem)?.[1];
  const named = refused === undefined ? undefined : sopClassName(refused);
  return problems.find(
    ({ detail }) =>
      (detail !== '' && problem.includes(detail)) ||
      (status !== undefined && detail.includes(status)) ||
      (named !== undefined && detail.includes(named)),
  );
}
