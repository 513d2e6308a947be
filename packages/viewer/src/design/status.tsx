import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';

export function Spinner(): VNode {
  return <span class="spinner" aria-hidden="true" />;
}

export interface BadgeProps {
  readonly kind?: 'plain' | 'accent' | 'success' | 'warning' | 'danger';
  readonly title?: string;
  readonly children: ComponentChildren;
}

export function Badge({ kind = 'plain', title, children }: BadgeProps): VNode {
  return (
    <span class={`badge badge-${kind}`} title={title}>
      {children}
    </span>
  );
}

export interface NoticeProps {
  readonly kind?: 'plain' | 'warning' | 'danger';
  readonly children: ComponentChildren;
}

const NOTICE_ICONS = { plain: Info, warning: TriangleAlert, danger: CircleAlert };

/** A sentence that belongs to what stands around it. A failure is read out at once. */
export function Notice({ kind = 'plain', children }: NoticeProps): VNode {
  const Icon = NOTICE_ICONS[kind];
  return (
    <div class={`notice notice-${kind}`} role={kind === 'danger' ? 'alert' : undefined}>
      <Icon size={18} aria-hidden="true" />
      <div class="grow">{children}</div>
    </div>
  );
}

export interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text?: string;
  readonly children?: ComponentChildren;
}

/** Stands where content would be: why there is none, and what to do. */
export function Empty({ icon: Icon, title, text, children }: EmptyProps): VNode {
  return (
    <div class="empty">
      <Icon size={36} strokeWidth={1.4} aria-hidden="true" />
      <h2>{title}</h2>
      {text !== undefined && <p>{text}</p>}
      {children}
    </div>
  );
}

/** A grey bar in place of a text that is being fetched. */
export function Skeleton({ width = '100%' }: { readonly width?: string }): VNode {
  return <span class="skeleton" style={{ width }} aria-hidden="true" />;
}
