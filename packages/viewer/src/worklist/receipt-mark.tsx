import { CircleAlert, CircleCheck, Download, Send } from 'lucide-preact';
import type { VNode } from 'preact';
import type { ReceiptMark as Mark, Receipt } from '../api/receipts.ts';
import { Badge } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

/** In the list: nothing while all is well. That images come in, and what conflicts, other signs say. */
export function ReceiptMark({ receipt }: { readonly receipt: Mark | null }): VNode | null {
  if (!hasReceiptMark(receipt)) {
    return null;
  }
  const { state, missing, refused, aside } = receipt;
  if (state === 'waiting') {
    return (
      <Badge title={t('receipt.waitingHint')}>
        <Send size={13} aria-hidden="true" />
        <span>{t('receipt.state_waiting')}</span>
      </Badge>
    );
  }
  const words = missing > 0 ? t('receipt.missing', { count: missing }) : t('receipt.notSent', { count: aside });
  const hint =
    missing > 0
      ? refused > 0
        ? t('receipt.refusedHint', { count: refused })
        : t('receipt.missingHint')
      : t('receipt.asideHint');
  return (
    <Badge kind="danger" title={hint}>
      <CircleAlert size={13} aria-hidden="true" />
      <span>{words}</span>
    </Badge>
  );
}

export function hasReceiptMark(receipt: Mark | null): receipt is Mark {
  return (
    receipt !== null && (receipt.state === 'waiting' || (receipt.state === 'problem' && receipt.missing + receipt.aside > 0))
  );
}

/** Over the receipt itself: its state in words. */
export function ReceiptBadge({ receipt: { state, missing } }: { readonly receipt: Receipt }): VNode {
  switch (state) {
    case 'problem':
      return (
        <Badge kind="danger">
          <CircleAlert size={13} aria-hidden="true" />
          <span>{missing > 0 ? t('receipt.missing', { count: missing }) : t('receipt.state_problem')}</span>
        </Badge>
      );
    case 'incomplete':
      return (
        <Badge kind="accent">
          <Download size={13} aria-hidden="true" />
          <span>{t('receipt.state_incomplete')}</span>
        </Badge>
      );
    case 'waiting':
      return (
        <Badge>
          <Send size={13} aria-hidden="true" />
          <span>{t('receipt.state_waiting')}</span>
        </Badge>
      );
    case 'complete':
      return (
        <Badge kind="success">
          <CircleCheck size={13} aria-hidden="true" />
          <span>{t('receipt.state_complete')}</span>
        </Badge>
      );
  }
}
