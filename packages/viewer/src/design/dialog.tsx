import { X } from 'lucide-preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { failureText } from '../api/failure.ts';
import { t } from '../i18n/index.ts';
import { Button, IconButton } from './button.tsx';
import { Notice } from './status.tsx';

export interface DialogProps {
  readonly title: string;
  /** `very`: for a form of several columns. */
  readonly wide?: boolean | 'very';
  readonly onClose: () => void;
  /** The row of buttons at the foot. */
  readonly actions?: ComponentChildren;
  /** With it the dialog is a form: Enter in a field presses the submit button among the actions. */
  readonly onSubmit?: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog of the browser's own: it keeps the focus inside, closes with Esc and gives the focus back. */
export function Dialog({ title, wide = false, onClose, actions, onSubmit, children }: DialogProps): VNode {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const closing = useRef(false);
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      closing.current = true;
      dialog?.close();
      if (before instanceof HTMLElement) {
        before.focus();
      }
    };
  }, []);
  const content = (
    <>
      <header class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <IconButton icon={X} label={t('common.close')} onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
      {actions !== undefined && <footer class="dialog-foot">{actions}</footer>}
    </>
  );
  const cancelled = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  // A second Esc in a row closes the dialog without asking: Chromium lets a page refuse only once for each touch.
  const closed = () => {
    if (!closing.current) {
      onClose();
    }
  };
  return (
    <dialog
      ref={element}
      class={`dialog${wide === false ? '' : wide === 'very' ? ' dialog-very-wide' : ' dialog-wide'}`}
      aria-labelledby={titleId}
      onCancel={cancelled}
      onClose={closed}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {onSubmit === undefined ? <div class="dialog-frame">{content}</div> : <Form onSubmit={onSubmit}>{content}</Form>}
    </dialog>
  );
}

function Form({ onSubmit, children }: { readonly onSubmit: () => void; readonly children: ComponentChildren }): VNode {
  const submitted = (event: Event) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form class="dialog-frame" noValidate onSubmit={submitted}>
      {children}
    </form>
  );
}

export interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  /** What the pressing does, as a verb. */
  readonly action: string;
  /** What the other button says, where "cancel" would be read as the action. */
  readonly stay?: string;
  readonly busy?: boolean;
  /** What the action ran into. */
  readonly problem?: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that is not easily undone. */
export function Confirm({ title, text, action, stay, busy = false, problem, onConfirm, onClose }: ConfirmProps): VNode {
  const actions = (
    <>
      <Button onClick={onClose}>{stay ?? t('common.cancel')}</Button>
      <Button kind="danger" busy={busy} onClick={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      {problem !== undefined && <Notice kind="danger">{failureText(problem)}</Notice>}
      <p>{text}</p>
    </Dialog>
  );
}
