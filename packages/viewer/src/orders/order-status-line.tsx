import { RefreshCw } from 'lucide-preact';
import type { VNode } from 'preact';
import { LiveSign } from '../app/live-sign.tsx';
import { IconButton } from '../design/button.tsx';
import { Spinner } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import type { OrderList } from './order-list.ts';

/** How many orders are listed, and whether changes come by themselves. */
export function OrderStatusLine({ list }: { readonly list: OrderList }): VNode {
  const count = list.orders.value.length;
  const ready = list.phase.value === 'ready';
  return (
    <div class="status-line">
      <span role="status" class="numeric">
        {ready && t(list.hasMore.value ? 'orders.countAtLeast' : 'orders.count', { count })}
      </span>
      {list.phase.value === 'loading' && <Spinner />}
      <span class="grow" />
      <LiveSign />
      <IconButton small icon={RefreshCw} label={t('worklist.refresh')} onClick={() => list.reload()} />
    </div>
  );
}
