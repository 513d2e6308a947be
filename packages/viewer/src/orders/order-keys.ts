import { useEffect } from 'preact/hooks';
import { helpOpen } from '../app/help.ts';

/** The keyboard of the list of orders. Enter on a row is the row's own button's. */
export function useOrderKeys(page: { readonly current: HTMLElement | null }, onAdd: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { current } = page;
      if (current !== null && document.querySelector('dialog[open]') === null && current.closest('[inert]') === null) {
        handle(event, current, onAdd);
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
}

function handle(event: KeyboardEvent, page: HTMLElement, onAdd: () => void): void {
  const target = event.target instanceof HTMLElement ? event.target : undefined;
  const search = page.querySelector<HTMLInputElement>('input[type="search"]');
  const typing = target?.closest('input, textarea, select') != null;
  const command = event.ctrlKey || event.metaKey;
  if ((event.key === 'k' && command) || (event.key === '/' && !typing && !command)) {
    event.preventDefault();
    search?.focus();
    search?.select();
  } else if (command || event.altKey || event.defaultPrevented || (typing && target !== search)) {
    return;
  } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    moveFocus(page, target, event.key === 'ArrowDown' ? 1 : -1);
  } else if (!typing && event.key === 'n') {
    event.preventDefault();
    onAdd();
  } else if (!typing && event.key === '?') {
    event.preventDefault();
    helpOpen.value = true;
  }
}

/** From row to row; from anywhere else to the first. */
function moveFocus(page: HTMLElement, target: HTMLElement | undefined, step: 1 | -1): void {
  const rows = [...page.querySelectorAll<HTMLElement>('[data-row]')];
  const at = target === undefined ? -1 : rows.indexOf(target);
  rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
}
