import type { VNode } from 'preact';
import type { Queue } from '../api/queues.ts';
import { Badge } from '../design/status.tsx';
import { formatBytes } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';

/** How a queue fares, in a word. */
export function QueueBadge({ queue }: { readonly queue: Queue }): VNode {
  const { paused, problem, aside, queued, sending } = queue;
  return (
    <>
      {paused ? (
        <Badge kind="warning">{t('queues.paused')}</Badge>
      ) : problem !== null ? (
        <Badge kind="danger">{t('queues.broken')}</Badge>
      ) : sending > 0 ? (
        <Badge kind="accent">{t('queues.sending')}</Badge>
      ) : queued > 0 ? (
        <Badge kind="accent">{t('queues.waiting')}</Badge>
      ) : (
        aside === 0 && <Badge kind="success">{t('queues.idle')}</Badge>
      )}
      {aside > 0 && <Badge kind="danger">{t('queues.asideCount', { count: aside })}</Badge>}
    </>
  );
}

/** What waits, as a sentence. */
export function waitingWords({ queued, sending, bytesWaiting }: Queue): string {
  const count = queued + sending;
  return count === 0 ? t('queues.nothingWaits') : t('queues.waits', { count, bytes: formatBytes(bytesWaiting) });
}
