import type { LucideIcon } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const GAP = 6;
const EDGE = 8;

export interface MenuProps {
  /** Draws the button; `props` carry what assistive technology needs. */
  readonly button: (props: {
    readonly 'aria-haspopup': 'menu';
    readonly 'aria-expanded': boolean;
    readonly onClick: () => void;
  }) => ComponentChildren;
  readonly side?: 'left' | 'right';
  readonly label: string;
  readonly children: (close: () => void) => ComponentChildren;
}

/** A menu under its button: arrows move, Esc and a press elsewhere close it. */
export function Menu({ button, side = 'right', label, children }: MenuProps): VNode {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const close = () => {
    setOpen(false);
    anchor.current?.querySelector<HTMLElement>('[aria-haspopup]')?.focus();
  };
  useLayoutEffect(() => {
    if (open && anchor.current !== null) {
      place(anchor.current, side);
    }
  }, [open]);
  useEffect(() => (open && anchor.current !== null ? watch(anchor.current, close, () => setOpen(false)) : undefined), [open]);
  return (
    <span class="menu-anchor" ref={anchor}>
      {button({ 'aria-haspopup': 'menu', 'aria-expanded': open, onClick: () => setOpen(!open) })}
      {open && (
        <div class="menu" role="menu" aria-label={label}>
          {children(close)}
        </div>
      )}
    </span>
  );
}

/** Below the button, within the window. Fixed, so that no scrolling box around the button cuts the menu off. */
function place(anchor: HTMLElement, side: 'left' | 'right'): void {
  const menu = anchor.querySelector<HTMLElement>('[role="menu"]');
  if (menu === null) {
    return;
  }
  const button = anchor.getBoundingClientRect();
  const left = side === 'left' ? button.left : button.right - menu.offsetWidth;
  const room = window.innerWidth - menu.offsetWidth - EDGE;
  menu.style.left = `${Math.max(EDGE, Math.min(left, room))}px`;
  menu.style.top = `${button.bottom + GAP}px`;
  menu.style.maxHeight = `${window.innerHeight - button.bottom - GAP - EDGE}px`;
}

/** Keys inside the open menu, presses outside it. `close` gives the focus back to the button, `leave` does not. */
function watch(anchor: HTMLElement, close: () => void, leave: () => void): () => void {
  const items = [...anchor.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
  items[0]?.focus();
  const pressed = (event: Event) => {
    if (event.target instanceof Node && !anchor.contains(event.target)) {
      leave();
    }
  };
  const keyed = (event: KeyboardEvent) => {
    if (moveFocus(event, items, close, leave)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  document.addEventListener('pointerdown', pressed);
  window.addEventListener('resize', leave);
  anchor.addEventListener('keydown', keyed);
  return () => {
    document.removeEventListener('pointerdown', pressed);
    window.removeEventListener('resize', leave);
    anchor.removeEventListener('keydown', keyed);
  };
}

function moveFocus(event: KeyboardEvent, items: readonly HTMLElement[], close: () => void, leave: () => void): boolean {
  const at = items.findIndex((item) => item.matches(':focus'));
  const to = { ArrowDown: at + 1, ArrowUp: at <= 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === 'Escape') {
    close();
    return true;
  }
  if (event.key === 'Tab') {
    leave();
    return false;
  }
  if (to === undefined) {
    return false;
  }
  items[to % items.length]?.focus();
  return true;
}

export interface MenuItemProps {
  readonly icon?: LucideIcon;
  /** Given for a choice among several. */
  readonly checked?: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

export function MenuItem({ icon: Icon, checked, onPress, children }: MenuItemProps): VNode {
  const choice =
    checked === undefined ? { role: 'menuitem' as const } : { role: 'menuitemradio' as const, 'aria-checked': checked };
  return (
    <button type="button" class="menu-item" {...choice} tabIndex={-1} onClick={onPress}>
      {Icon !== undefined && <Icon size={18} aria-hidden="true" />}
      {children}
    </button>
  );
}
