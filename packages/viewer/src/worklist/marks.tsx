import { GitCompareArrows, Share2, TriangleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import type { OrderState } from '../api/order-state.ts';
import type { Study } from '../api/studies.ts';
import type { SessionStore } from '../app/session-store.ts';
import { Badge } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { StateBadge } from '../orders/state-badge.tsx';
import { hasReceiptMark, ReceiptMark } from './receipt-mark.tsx';

/** Of an order that was done nothing need be said: its images are there. */
const NOTABLE: ReadonlySet<OrderState> = new Set(['IN_PROGRESS', 'DISCONTINUED', 'CANCELLED'] as const);

interface MarksProps {
  readonly study: Study;
  readonly session: SessionStore;
  /** The study's own, unless it is told beside. */
  readonly receipt?: Study['receipt'];
}

/** What somebody should know before using a study. */
export function Marks({ study, session, receipt = study.receipt }: MarksProps): VNode | null {
  const state = study.order?.state;
  const notable = state !== undefined && NOTABLE.has(state) ? state : undefined;
  if (
    !hasReceiptMark(receipt) &&
    study.verified &&
    study.conflicts === 0 &&
    study.sharedWith.length === 0 &&
    notable === undefined
  ) {
    return null;
  }
  return (
    <span class="study-marks">
      <ReceiptMark receipt={receipt} />
      {notable !== undefined && <StateBadge state={notable} />}
      {!study.verified && (
        <Badge kind="warning" title={t('worklist.unverifiedHint')}>
          <TriangleAlert size={13} aria-hidden="true" />
          <span>{t('worklist.unverified')}</span>
        </Badge>
      )}
      {study.conflicts > 0 && (
        <Badge kind="danger" title={t('worklist.conflictsHint')}>
          <GitCompareArrows size={13} aria-hidden="true" />
          <span>{t('worklist.conflicts', { count: study.conflicts })}</span>
        </Badge>
      )}
      {study.sharedWith.length > 0 && (
        <Badge title={sharedHint(study, session)}>
          <Share2 size={13} aria-hidden="true" />
          <span>{t('worklist.shared')}</span>
        </Badge>
      )}
    </span>
  );
}

/** To those who own the study: with whom it is shared; to the others: whose it is. */
function sharedHint({ facility, sharedWith }: Study, session: SessionStore): string {
  const own = session.session.value?.facilities.some(({ id }) => id === facility) === true;
  return own
    ? t('worklist.sharedHint', { names: sharedWith.map((id) => session.facilityName(id)).join(', ') })
    : t('worklist.sharedFromHint', { name: session.facilityName(facility) });
}
