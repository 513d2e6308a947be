import { ArrowUp, CalendarX2, CloudOff, SearchX } from 'lucide-preact';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import type { Order } from '../api/orders.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { useMedia } from '../design/media.ts';
import { Empty, Skeleton } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { useResting } from '../worklist/resting.ts';
import { DAY_COLUMNS, ORDER_CARD, ORDER_COLUMNS, type OrderColumn } from './order-columns.tsx';
import { isNarrowed, isOneDay, type OrderFilters, TODAY, writeOrderFilters } from './order-filters.ts';
import { keyOf, type OrderList } from './order-list.ts';

export interface OrderTableProps {
  readonly list: OrderList;
  readonly filters: OrderFilters;
  readonly onShow: (order: Order) => void;
}

/** The list itself; on narrow screens each order is a card. */
export function OrderTable({ list, filters, onShow }: OrderTableProps): VNode {
  const cards = useMedia('(max-width: 820px)');
  const scroller = useRef<HTMLDivElement>(null);
  useResting(list, scroller);
  const orders = list.orders.value;
  const columns = cards ? ORDER_CARD : isOneDay(filters) ? DAY_COLUMNS : ORDER_COLUMNS;
  const loading = list.phase.value === 'loading';
  return (
    <div class="list">
      <NewOrders list={list} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section ref={scroller} class="list-scroll" tabIndex={0} aria-label={t('orders.list')}>
        {list.phase.value !== 'failed' && (orders.length > 0 || loading) && (
          <table
            class={`studies${cards ? ' studies-cards' : ''}${loading && orders.length > 0 ? ' studies-old' : ''}`}
            aria-label={t('orders.list')}
            aria-busy={loading}
          >
            {!cards && <Head columns={columns} />}
            <tbody>
              {orders.map((order) => (
                <Row key={keyOf(order)} order={order} columns={columns} onShow={() => onShow(order)} />
              ))}
              {loading && orders.length === 0 && <WaitingRows columns={columns} />}
            </tbody>
          </table>
        )}
        <Status list={list} filters={filters} />
        {list.hasMore.value && (
          <div class="list-end">
            <Button busy={list.loadingMore.value} onClick={() => list.loadMore()}>
              {t('orders.more')}
            </Button>
          </div>
        )}
      </section>
    </div>
  );
}

function Head({ columns }: { readonly columns: readonly OrderColumn[] }): VNode {
  return (
    <thead>
      <tr>
        {columns.map(({ key, title }) => (
          <th key={key} scope="col" class={`col-${key}`}>
            {t(title)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface RowProps {
  readonly order: Order;
  readonly columns: readonly OrderColumn[];
  readonly onShow: () => void;
}

function Row({ order, columns, onShow }: RowProps): VNode {
  const pressed = (event: MouseEvent) => {
    const onButton = event.target instanceof Element && event.target.closest('button') !== null;
    if (!onButton && getSelection()?.isCollapsed !== false) {
      onShow();
    }
  };
  return (
    <tr class={`study order order-${order.state}${order.priority === 'STAT' ? ' order-urgent' : ''}`} onClick={pressed}>
      {columns.map(({ key, cell, tip }) => (
        <td key={key} class={`col-${key}`} title={tip?.(order) || undefined}>
          {cell(order, onShow)}
        </td>
      ))}
    </tr>
  );
}

function WaitingRows({ columns }: { readonly columns: readonly OrderColumn[] }): VNode {
  return (
    <>
      {Array.from({ length: 8 }, (_, row) => (
        <tr key={row} class="study study-skeleton">
          {columns.map(({ key }, column) => (
            <td key={key} class={`col-${key}`}>
              <Skeleton width={`${88 - ((row * 17 + column * 29) % 40)}%`} />
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}

/** Stands where rows would be: no orders, or a list that could not be fetched. */
function Status({ list, filters }: { readonly list: OrderList; readonly filters: OrderFilters }): VNode | null {
  const { navigator } = useApp();
  if (list.phase.value === 'failed') {
    return (
      <Empty icon={CloudOff} title={t('orders.failedTitle')} text={failureText(list.problem.value)}>
        <Button kind="primary" onClick={() => list.reload()}>
          {t('common.retry')}
        </Button>
      </Empty>
    );
  }
  if (list.phase.value !== 'ready' || list.orders.value.length > 0) {
    return null;
  }
  if (!isNarrowed(filters)) {
    return <Empty icon={CalendarX2} title={t('orders.emptyTitle')} text={t('orders.emptyToday')} />;
  }
  const everywhere = { ...filters, days: 'all', from: undefined, to: undefined } as const;
  return (
    <Empty icon={SearchX} title={t('orders.emptyTitle')} text={t('orders.emptyFiltered')}>
      <div class="row row-wrap">
        {filters.days !== 'all' && (
          <Button kind="primary" onClick={() => navigator.go(writeOrderFilters(everywhere))}>
            {t('orders.searchAllDates')}
          </Button>
        )}
        <Button onClick={() => navigator.go(writeOrderFilters(TODAY))}>{t('worklist.clearFilters')}</Button>
      </div>
    </Empty>
  );
}

function NewOrders({ list }: { readonly list: OrderList }): VNode {
  const count = list.waiting.value;
  return (
    <div class="new-studies" role="status">
      {count > 0 && (
        <Button kind="primary" small icon={ArrowUp} onClick={() => list.showWaiting()}>
          {t('orders.newOrders', { count })}
        </Button>
      )}
    </div>
  );
}
