import { Ban, CircleCheck, CircleSlash, Clock, type LucideIcon, ScanLine, Siren, TriangleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import type { OrderState } from '../api/order-state.ts';
import type { Priority } from '../api/orders.ts';
import { Badge, type BadgeProps } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

const LOOKS: Readonly<Record<OrderState, { readonly kind: NonNullable<BadgeProps['kind']>; readonly icon: LucideIcon }>> = {
  SCHEDULED: { kind: 'accent', icon: Clock },
  IN_PROGRESS: { kind: 'warning', icon: ScanLine },
  COMPLETED: { kind: 'success', icon: CircleCheck },
  DISCONTINUED: { kind: 'danger', icon: CircleSlash },
  CANCELLED: { kind: 'plain', icon: Ban },
};

/** The state of an order: a colour, a sign and words, because colours alone say nothing to everybody. */
export function StateBadge({ state }: { readonly state: OrderState }): VNode {
  const { kind, icon: Icon } = LOOKS[state];
  return (
    <Badge kind={kind} title={t(`orders.stateHint_${state}`)}>
      <Icon size={13} aria-hidden="true" />
      <span>{t(`orders.state_${state}`)}</span>
    </Badge>
  );
}

/** Nothing for what has no hurry. */
export function PriorityBadge({ priority }: { readonly priority: Priority }): VNode | null {
  if (priority === 'ROUTINE') {
    return null;
  }
  const urgent = priority === 'STAT';
  const Icon = urgent ? Siren : TriangleAlert;
  return (
    <Badge kind={urgent ? 'danger' : 'warning'}>
      <Icon size={13} aria-hidden="true" />
      {t(`orders.priority_${priority}`)}
    </Badge>
  );
}
