import { Plus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { readStations, type Station } from '../api/stations.ts';
import { useApp } from '../app/context.ts';
import { orderChanges } from '../app/live.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { t } from '../i18n/index.ts';
import { mayOrder } from './may-order.ts';
import { OrderDetails } from './order-details.tsx';
import { OrderDialog } from './order-dialog.tsx';
import { OrderFilterBar } from './order-filter-bar.tsx';
import { orderQuery, readOrderFilters } from './order-filters.ts';
import { useOrderKeys } from './order-keys.ts';
import { createOrderList, keyOf, type OrderList } from './order-list.ts';
import { OrderStatusLine } from './order-status-line.tsx';
import { OrderTable } from './order-table.tsx';
import { OrdersFrame } from './orders-frame.tsx';
import { WorklistAge } from './worklist-age.tsx';

const NO_STATIONS: readonly Station[] = [];

/** What is to be examined, in the order of appointments: the list a radiographer works from. */
export function OrdersPage({ search }: { readonly search: string }): VNode {
  const { client, session } = useApp();
  const page = useRef<HTMLDivElement>(null);
  const list = useOrders(search);
  const filters = readOrderFilters(search);
  const stations = useLoaded('stations', (signal) => readStations(client, signal)).value ?? NO_STATIONS;
  const [shown, setShown] = useState<string | undefined>(undefined);
  const [adding, setAdding] = useState(false);
  const may = mayOrder(session);
  useOrderKeys(page, () => may && setAdding(true));
  const order = list.orders.value.find((entry) => keyOf(entry) === shown);
  const add = may && (
    <Button kind="primary" icon={Plus} onClick={() => setAdding(true)}>
      {t('orders.add')}
    </Button>
  );
  return (
    <OrdersFrame current="orders" action={add}>
      <WorklistAge />
      <div class="orders-page" ref={page}>
        <OrderFilterBar filters={filters} stations={stations} />
        <OrderStatusLine list={list} />
        <OrderTable list={list} filters={filters} onShow={(entry) => setShown(keyOf(entry))} />
      </div>
      {order !== undefined && (
        <OrderDetails order={order} stations={stations} onClose={() => setShown(undefined)} onChanged={list.reload} />
      )}
      {adding && (
        <OrderDialog
          stations={stations}
          onClose={() => setAdding(false)}
          onSaved={() => {
            setAdding(false);
            list.reload();
          }}
        />
      )}
    </OrdersFrame>
  );
}

function useOrders(search: string): OrderList {
  const { client, session } = useApp();
  const list = useMemo(() => createOrderList(client), [client]);
  const epoch = session.epoch.value;
  const changes = orderChanges.value;
  const seen = useRef(changes);
  useEffect(() => list.show(() => orderQuery(readOrderFilters(search), new Date())), [search, epoch]);
  useEffect(() => {
    if (seen.current !== changes) {
      seen.current = changes;
      list.changed();
    }
  }, [changes]);
  useEffect(() => () => list.close(), []);
  return list;
}
