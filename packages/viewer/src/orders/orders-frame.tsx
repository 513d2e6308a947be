import './orders.css';
import './order-form.css';
import './unmatched.css';
import { ClipboardList, ReceiptText, Unlink } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { Link } from '../app/link.tsx';
import { RECEIPTS, UNMATCHED } from '../app/route.ts';
import { type TextKey, t } from '../i18n/index.ts';

export interface OrdersFrameProps {
  readonly current: 'orders' | 'unmatched' | 'receipts';
  /** At the right of the row of pages. */
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}

const TITLES: Readonly<Record<OrdersFrameProps['current'], TextKey>> = {
  orders: 'orders.list',
  unmatched: 'orders.unmatched',
  receipts: 'receipt.list',
};

/** The pages about what is to be done: orders, what was made without one, and what did not arrive whole. */
export function OrdersFrame({ current, action, children }: OrdersFrameProps): VNode {
  return (
    <div class="orders">
      <h1 class="visually-hidden">{t(TITLES[current])}</h1>
      <div class="orders-head">
        <nav class="orders-nav" aria-label={t('orders.sections')}>
          <Link href="/orders" aria-current={current === 'orders' ? 'page' : undefined}>
            <ClipboardList size={18} aria-hidden="true" />
            {t('orders.list')}
          </Link>
          <Link href={UNMATCHED} aria-current={current === 'unmatched' ? 'page' : undefined}>
            <Unlink size={18} aria-hidden="true" />
            {t('orders.unmatched')}
          </Link>
          <Link href={RECEIPTS} aria-current={current === 'receipts' ? 'page' : undefined}>
            <ReceiptText size={18} aria-hidden="true" />
            {t('receipt.list')}
          </Link>
        </nav>
        <span class="grow" />
        {action}
      </div>
      {children}
    </div>
  );
}
