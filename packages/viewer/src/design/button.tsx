import type { LucideIcon } from 'lucide-preact';
import type { ButtonHTMLAttributes, ComponentChildren, VNode } from 'preact';
import { Spinner } from './status.tsx';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon'> {
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly small?: boolean;
  readonly icon?: LucideIcon;
  /** Shows that the press is being carried out, and takes no second one. */
  readonly busy?: boolean;
  readonly children?: ComponentChildren;
}

export function Button({
  kind = 'plain',
  small = false,
  icon: Icon,
  busy = false,
  children,
  class: extra,
  ...rest
}: ButtonProps): VNode {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind}${small ? ' button-small' : ''} ${extra ?? ''}`}
      disabled={busy || rest.disabled === true}
    >
      {busy ? <Spinner /> : Icon !== undefined && <Icon size={small ? 16 : 18} aria-hidden="true" />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'label'> {
  readonly icon: LucideIcon;
  /** The accessible name, shown as a tip as well. */
  readonly label: string;
  readonly small?: boolean;
}

export function IconButton({ icon: Icon, label, small = false, class: extra, ...rest }: IconButtonProps): VNode {
  return (
    <button type="button" title={label} {...rest} aria-label={label} class={`button button-quiet button-icon ${extra ?? ''}`}>
      <Icon size={small ? 16 : 20} aria-hidden="true" />
    </button>
  );
}
