import type { ComponentChildren } from 'preact';
import type { Order } from '../api/orders.ts';
import { formatDate, formatTime, localDate } from '../i18n/format.ts';
import { type TextKey, t } from '../i18n/index.ts';
import { PriorityBadge, StateBadge } from './state-badge.tsx';
import { modalitiesOf, nextStep, orderName, personWords, stationsOf } from './words.ts';

/** One column of the list of orders. */
export interface OrderColumn {
  /** Names the style of its cells as well. */
  readonly key: string;
  readonly title: TextKey;
  readonly cell: (order: Order, onShow: () => void) => ComponentChildren;
  readonly tip?: (order: Order) => string;
}

const plain = (key: string, title: TextKey, text: (order: Order) => string): OrderColumn => ({
  key,
  title,
  cell: text,
  tip: text,
});

export const ORDER_COLUMNS: readonly OrderColumn[] = [
  { key: 'o-time', title: 'orders.colTime', cell: whenCell },
  { key: 'o-name', title: 'orders.colName', cell: nameCell, tip: ({ patient }) => orderName(patient) },
  plain('o-id', 'orders.colId', ({ patient }) => patient.id),
  plain('o-person', 'orders.colPerson', personWords),
  { key: 'o-modality', title: 'orders.colModality', cell: modalityCell },
  { key: 'o-station', title: 'orders.colStation', cell: stationCell, tip: stationsOf },
  plain('o-description', 'orders.colDescription', ({ description }) => description),
  plain('o-service', 'orders.colService', ({ requestingService }) => requestingService),
  plain('o-accession', 'orders.colAccession', ({ accessionNumber }) => accessionNumber),
  { key: 'o-images', title: 'orders.colImages', cell: imagesCell },
  { key: 'o-state', title: 'orders.colState', cell: ({ state }) => <StateBadge state={state} /> },
];

/** Of a single day the day need not be said in every row. */
export const DAY_COLUMNS: readonly OrderColumn[] = ORDER_COLUMNS.map((column) =>
  column.key === 'o-time' ? { key: 'o-hour', title: column.title, cell: timeCell } : column,
);

export const ORDER_CARD: readonly OrderColumn[] = [{ key: 'o-card', title: 'orders.list', cell: cardCell }];

function cardCell(order: Order, onShow: () => void): ComponentChildren {
  const what = [stationsOf(order), order.description].filter(Boolean).join(' · ');
  return (
    <>
      <div class="order-card-name">
        {nameCell(order, onShow)}
        <StateBadge state={order.state} />
      </div>
      <div>{[order.patient.id, personWords(order)].filter(Boolean).join(' · ')}</div>
      <div>
        {modalityCell(order)} {what}
      </div>
      <div class="card-when">
        {whenCell(order)}
        <span class="faint"> · {order.accessionNumber}</span>
        {order.study !== null && <span class="faint"> · {t('orders.images', { count: order.study.instances })}</span>}
      </div>
    </>
  );
}

/** The day of an appointment stands back when it is today. */
function whenCell(order: Order): ComponentChildren {
  const [day = ''] = (nextStep(order)?.start ?? '').split('T');
  if (day === '') {
    return timeCell(order);
  }
  return (
    <>
      <span class={day === localDate(new Date()) ? 'time' : undefined}>{formatDate(day)}</span> {timeCell(order)}
    </>
  );
}

function timeCell(order: Order): ComponentChildren {
  const [, time] = (nextStep(order)?.start ?? '').split('T');
  return time === undefined ? (
    <span class="faint">{t('orders.noTime')}</span>
  ) : (
    <span class="order-time">{formatTime(time)}</span>
  );
}

function stationCell(order: Order): ComponentChildren {
  return stationsOf(order) || <span class="faint">{t('orders.anyMachine')}</span>;
}

function nameCell(order: Order, onShow: () => void): ComponentChildren {
  return (
    <span class="order-name">
      <button type="button" class="order-open" data-row="" onClick={onShow}>
        {orderName(order.patient)}
      </button>
      <PriorityBadge priority={order.priority} />
    </span>
  );
}

function modalityCell(order: Order): ComponentChildren {
  const modalities = modalitiesOf(order);
  return modalities === '' ? '' : <span class="modality">{modalities}</span>;
}

function imagesCell({ study }: Order): ComponentChildren {
  return study === null || study.instances === 0 ? <span class="faint">–</span> : study.instances;
}
