import { ChevronRight } from 'lucide-preact';
import type { VNode } from 'preact';
import type { ClassOverview, Queue } from '../api/queues.ts';
import { Link } from '../app/link.tsx';
import { formatBytes, formatInstant, formatNumber } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { addressOf } from './destination-words.ts';
import { rateText } from './line-rate.ts';
import { QueueActions } from './queue-actions.tsx';
import { queueUrl } from './queue-filters.ts';
import { AsideProblems, QueueProblem } from './queue-problem.tsx';
import { QueueBadge } from './queue-state.tsx';
import type { QueueView } from './queues-page.tsx';

export interface QueueCardProps {
  readonly view: QueueView;
  /** Its deliveries are listed below. */
  readonly open: boolean;
  readonly onChanged: () => void;
}

/** How the queue of one destination stands, and what a person can do about it. */
export function QueueCard({ view, open, onChanged }: QueueCardProps): VNode {
  const { queue, destination } = view;
  const { destination: id } = queue;
  // A queue with nothing in it takes little room: the others are to be seen.
  const quiet = !open && !queue.paused && queue.problem === null && queue.queued + queue.sending + queue.aside === 0;
  return (
    <li class="panel sending-card">
      <div class="sending-head">
        <div class="sending-name">
          <strong>{id}</strong>
          {destination !== undefined && (
            <span class="soft">
              {t(`destinations.kind_${destination.kind}`)} · <span class="fixed">{addressOf(destination)}</span>
              {destination.site !== undefined && ` · ${destination.site}`}
            </span>
          )}
        </div>
        <span class="row row-wrap">
          <QueueBadge queue={queue} />
        </span>
      </div>
      {!quiet && <Counts queue={queue} />}
      <QueueProblem view={view} onChanged={onChanged} />
      <Classes classes={queue.classes.filter(({ waiting }) => waiting > 0)} queue={queue} />
      <AsideProblems queue={queue} />
      <div class="sending-foot">
        {quiet && <span class="soft">{t('queues.sentCount', { count: queue.done })}</span>}
        {quiet && <span class="grow" />}
        <QueueActions queue={queue} onChanged={onChanged} />
        {!quiet && <span class="grow" />}
        {!open && (
          <Link class="sending-queue" href={queueUrl({ at: id })} aria-label={`${t('queues.open')} ${id}`}>
            {t('queues.open')}
            <ChevronRight size={16} aria-hidden="true" />
          </Link>
        )}
      </div>
    </li>
  );
}

function Counts({ queue }: { readonly queue: Queue }): VNode {
  const { queued, sending, aside, done, bytesWaiting, bytesPerSecond } = queue;
  const counts: readonly (readonly [string, string, string])[] = [
    [t('queues.state_queued'), formatNumber(queued), queued + sending === 0 ? '' : formatBytes(bytesWaiting)],
    [
      t('queues.state_sending'),
      formatNumber(sending),
      bytesPerSecond === null || queued + sending === 0 ? '' : rateText(bytesPerSecond),
    ],
    [t('queues.state_aside'), formatNumber(aside), ''],
    [t('queues.state_done'), formatNumber(done), ''],
  ];
  return (
    <dl class="sending-counts">
      {counts.map(([name, count, note], index) => (
        <div key={name} class={index === 2 && aside > 0 ? 'sending-bad' : undefined}>
          <dt>{name}</dt>
          <dd class="numeric">
            <strong>{count}</strong> {note !== '' && <span class="soft">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface ClassesProps {
  readonly classes: readonly ClassOverview[];
  readonly queue: Queue;
}

/** What waits, the most urgent first, and when it will have arrived. */
function Classes({ classes, queue }: ClassesProps): VNode | null {
  if (classes.length === 0) {
    return null;
  }
  const unknown = queue.paused
    ? t('queues.whenPaused')
    : queue.problem === null
      ? t('queues.whenUnknown')
      : t('queues.whenBroken');
  return (
    <ul class="sending-classes">
      {classes.map(({ class: priority, waiting, bytes, arrives }) => (
        <li key={priority}>
          <span class={`class-mark class-${priority}`} aria-hidden="true" />
          <span class="sending-class">{t(`queues.class_${priority}`)}</span>
          <span class="numeric">{t('queues.waits', { count: waiting, bytes: formatBytes(bytes) })}</span>
          <span class="soft numeric">{arrives === null ? unknown : t('queues.arrives', { at: formatInstant(arrives) })}</span>
        </li>
      ))}
    </ul>
  );
}
