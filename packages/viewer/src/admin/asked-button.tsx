import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Sending, useSending } from '../app/use-sending.ts';
import { Button, type ButtonProps } from '../design/button.tsx';
import { Confirm } from '../design/dialog.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';

interface Asked {
  readonly title: string;
  readonly text: string;
  /** What the pressing does, as a verb. */
  readonly action: string;
  /** Gives what is said once it is done. */
  readonly perform: () => Promise<string>;
  readonly onDone: () => void;
}

interface AskedConfirmProps extends Asked {
  readonly onClose: () => void;
}

/** Asks before something that is not easily undone, does it, and says so. */
export function AskedConfirm({ title, text, action, perform, onDone, onClose }: AskedConfirmProps): VNode {
  const sending: Sending = useSending();
  const confirm = async () => {
    if (await sending.run(async () => toast('success', await perform()))) {
      onClose();
      onDone();
    }
  };
  return (
    <Confirm
      title={title}
      text={text}
      action={action}
      busy={sending.busy}
      problem={sending.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  );
}

export interface AskedButtonProps extends Asked, Pick<ButtonProps, 'small' | 'icon'> {
  readonly label: string;
}

/** A quiet button whose action is asked for once more. */
export function AskedButton({ label, small = false, icon, ...asked }: AskedButtonProps): VNode {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button small={small} {...(icon === undefined ? {} : { icon })} kind="quiet" onClick={() => setAsking(true)}>
        {label}
      </Button>
      {asking && <AskedConfirm {...asked} onClose={() => setAsking(false)} />}
    </>
  );
}

export interface DeleteButtonProps extends Pick<Asked, 'title' | 'text' | 'onDone'> {
  readonly label: string;
  readonly remove: () => Promise<void>;
}

/** Deletes what a dialog is about. */
export function DeleteButton({ label, remove, ...asked }: DeleteButtonProps): VNode {
  const perform = async () => {
    await remove();
    return t('admin.deleted');
  };
  return <AskedButton {...asked} label={label} action={label} perform={perform} />;
}
