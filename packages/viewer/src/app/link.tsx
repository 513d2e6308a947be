import type { ComponentChildren, VNode } from 'preact';
import { useApp } from './context.ts';

export interface LinkProps {
  readonly href: string;
  readonly class?: string;
  readonly tabIndex?: number;
  readonly 'aria-current'?: 'page' | undefined;
  readonly 'aria-label'?: string;
  readonly children: ComponentChildren;
}

/** A link within the product: an ordinary press stays on the page, with Ctrl or the middle button the browser opens a tab. */
export function Link({ href, children, ...rest }: LinkProps): VNode {
  const { navigator } = useApp();
  const follow = (event: MouseEvent) => {
    if (isPlainPress(event)) {
      event.preventDefault();
      navigator.go(href);
    }
  };
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  );
}

export function isPlainPress(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;
}
