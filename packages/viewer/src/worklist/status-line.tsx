import { RefreshCw } from 'lucide-preact';
import type { VNode } from 'preact';
import { useApp } from '../app/context.ts';
import { LiveSign } from '../app/live-sign.tsx';
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
      <LiveSign />
      <IconButton small icon={RefreshCw} label={t('worklist.refresh')} onClick={() => worklist.reload()} />
    </div>
  );
}
