import './cover.css';
import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Lies over all there is, dialogs and messages too: a modal dialog that is open below would leave nothing else to be typed into. */
export function Cover({ children }: { readonly children: ComponentChildren }): VNode {
  const element = useRef<HTMLDialogElement>(null);
  const show = (): void => {
    const { current: cover } = element;
    if (cover === null || cover.open) {
      return;
    }
    const field = cover.querySelector('input[autofocus]');
    cover.showModal();
    if (field instanceof HTMLElement) {
      field.focus();
    }
  };
  useLayoutEffect(show, []);
  // NOTE: a second Esc in a row closes it without asking; it is not to be closed.
  return (
    <dialog ref={element} class="cover" onCancel={(event) => event.preventDefault()} onClose={show}>
      {children}
    </dialog>
  );
}
