import { Pause, Play, RotateCcw, Trash2, Zap } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import { pauseQueue, type Queue, removeDeliveries, retryDeliveries } from '../api/queues.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { AskedButton } from './asked-button.tsx';

export interface QueueActionsProps {
  readonly queue: Queue;
  readonly onChanged: () => void;
}

/** Pause or go on, try now, send again or take out what was set aside. */
export function QueueActions({ queue, onChanged }: QueueActionsProps): VNode {
  const { client } = useApp();
  const { destination: id, paused, queued, aside } = queue;
  const [busy, setBusy] = useState<'pause' | 'now' | 'aside' | undefined>(undefined);
  const perform = async (which: NonNullable<typeof busy>, action: () => Promise<string>) => {
    setBusy(which);
    try {
      toast('success', await action());
      onChanged();
    } catch (error) {
      toast('failure', failureText(error));
    }
    setBusy(undefined);
  };
  const retried = async (which: { readonly state?: 'aside' }) =>
    t('queues.retried', { count: await retryDeliveries(client, id, which) });
  const pause = async () => {
    await pauseQueue(client, id, !paused);
    return t(paused ? 'queues.resumed' : 'queues.nowPaused', { id });
  };
  return (
    <>
      {aside > 0 && (
        <Button
          small
          kind="primary"
          icon={RotateCcw}
          busy={busy === 'aside'}
          onClick={() => void perform('aside', () => retried({ state: 'aside' }))}
        >
          {t('queues.retryAside', { count: aside })}
        </Button>
      )}
      {queued > 0 && !paused && (
        <Button small icon={Zap} busy={busy === 'now'} onClick={() => void perform('now', () => retried({}))}>
          {t('queues.tryNow')}
        </Button>
      )}
      <Button
        small
        icon={paused ? Play : Pause}
        busy={busy === 'pause'}
        aria-label={`${t(paused ? 'queues.resume' : 'queues.pause')} ${id}`}
        onClick={() => void perform('pause', pause)}
      >
        {t(paused ? 'queues.resume' : 'queues.pause')}
      </Button>
      {aside > 0 && (
        <AskedButton
          small
          icon={Trash2}
          label={t('queues.removeAside')}
          title={t('queues.removeAsideTitle', { count: aside })}
          text={t('queues.removeText', { id })}
          action={t('queues.remove')}
          perform={async () => t('queues.removed', { count: await removeDeliveries(client, id, { state: 'aside' }) })}
          onDone={onChanged}
        />
      )}
    </>
  );
}
