import { RefreshCw, WifiOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { useApp } from '../app/context.ts';
import { live } from '../app/live.ts';
import { IconButton } from '../design/button.tsx';
import { Spinner } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { countText } from './words.ts';

/** How many studies are listed, and whether new ones come by themselves. */
export function StatusLine(): VNode {
  const { worklist } = useApp();
  const total = worklist.total.value;
  return (
    <div class="status-line">
      <span role="status" class="numeric">
        {total === undefined ? '' : countText(total)}
      </span>
      {worklist.phase.value === 'loading' && <Spinner />}
      <span class="grow" />
      {live.value ? (
        <span class="live">
          <span class="live-dot" aria-hidden="true" />
          {t('worklist.live')}
        </span>
      ) : (
        <span class="live live-lost">
          <WifiOff size={14} aria-hidden="true" />
          {t('worklist.notLive')}
        </span>
      )}
      <IconButton small icon={RefreshCw} label={t('worklist.refresh')} onClick={() => worklist.reload()} />
    </div>
  );
}
