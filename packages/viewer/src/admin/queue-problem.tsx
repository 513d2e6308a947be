import { CircleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import { deliveryProblem } from '../api/delivery-problem.ts';
import type { Queue } from '../api/queues.ts';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { told } from './diagnosis-words.ts';
import { FixButton } from './fix-button.tsx';
import type { QueueView } from './queues-page.tsx';

export interface QueueProblemProps {
  readonly view: QueueView;
  readonly onChanged: () => void;
}

/** Why nothing goes out, what to do, and when it is tried next; in the doctor's words where it found something. */
export function QueueProblem({ view: { queue, problems }, onChanged }: QueueProblemProps): VNode | null {
  const { problem, nextTry } = queue;
  if (problem === null) {
    return null;
  }
  const [found] = problems;
  const words = found === undefined ? undefined : told(found);
  return (
    <div class="sending-problem">
      <CircleAlert size={18} aria-hidden="true" />
      <div class="grow stack stack-tight">
        <p class="problem-reason">{words?.reason ?? deliveryProblem(problem)}</p>
        {words !== undefined && <p class="soft">{words.advice}</p>}
        {nextTry !== null && <p class="faint">{t('queues.nextTry', { at: formatInstant(nextTry) })}</p>}
        {found !== undefined && found.fixes.length > 0 && (
          <div class="row row-wrap">
            {found.fixes.map((fix) => (
              <FixButton key={fix.kind} problem={found} fix={fix} onMended={onChanged} />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

/** Why deliveries were set aside, the most frequent first. */
export function AsideProblems({ queue: { problems } }: { readonly queue: Queue }): VNode | null {
  if (problems.length === 0) {
    return null;
  }
  return (
    <div class="sending-aside">
      <h3>{t('queues.asideWhy')}</h3>
      <ul>
        {problems.map(({ problem, deliveries }) => (
          <li key={problem}>
            <span class="numeric">{t('queues.images', { count: deliveries })}:</span> {deliveryProblem(problem)}
          </li>
        ))}
      </ul>
    </div>
  );
}
