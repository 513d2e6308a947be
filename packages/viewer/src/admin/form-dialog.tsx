import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Sending, useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { FormProblem } from './section.tsx';
import { useFaultInSight } from './use-fault-in-sight.ts';

/** What is wrong with a form, by field; none where nothing is. */
type Faults = Readonly<Record<string, string | undefined>>;

export interface FormState<Form, F extends Faults> {
  readonly form: Form;
  /** Shown once somebody tried to save. */
  readonly faults: Partial<F>;
  readonly onChange: (part: Partial<Form>) => void;
  /** How often somebody tried. */
  readonly attempts: number;
  readonly sending: Sending;
  submit(): void;
}

export interface FormHandling<Form, F extends Faults> {
  readonly start: () => Form;
  readonly faultsOf: (form: Form) => F;
  readonly save: (form: Form) => Promise<void>;
  readonly onSaved: () => void;
}

/** A form that says what is wrong once somebody tries to save it, and is saved when nothing is. */
export function useForm<Form, F extends Faults>({ start, faultsOf, save, onSaved }: FormHandling<Form, F>): FormState<Form, F> {
  const sending = useSending();
  const [attempts, setAttempts] = useState(0);
  const [form, setForm] = useState<Form>(start);
  const submit = async () => {
    setAttempts(attempts + 1);
    const isRight = Object.values(faultsOf(form)).every((fault) => fault === undefined);
    if (isRight && (await sending.run(() => save(form)))) {
      toast('success', t('admin.saved'));
      onSaved();
    }
  };
  return {
    form,
    faults: attempts > 0 ? faultsOf(form) : {},
    onChange: (part) => setForm({ ...form, ...part }),
    attempts,
    sending,
    submit: () => void submit(),
  };
}

export interface FormDialogProps {
  readonly title: string;
  readonly wide?: boolean;
  readonly state: Pick<FormState<unknown, Faults>, 'attempts' | 'sending' | 'submit'>;
  /** At the left of the foot: what deletes. */
  readonly remove?: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** The dialog of such a form: cancel, save, what the saving ran into, and the first fault in sight. */
export function FormDialog({ title, wide = false, state, remove, onClose, children }: FormDialogProps): VNode {
  const sight = useFaultInSight(state.attempts);
  const actions = (
    <>
      {remove}
      {remove !== undefined && <span class="grow" />}
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={state.sending.busy}>
        {t('common.save')}
      </Button>
    </>
  );
  return (
    <Dialog wide={wide} title={title} onClose={onClose} actions={actions} onSubmit={state.submit}>
      <span ref={sight} hidden />
      <FormProblem problem={state.sending.problem} />
      {children}
    </Dialog>
  );
}
