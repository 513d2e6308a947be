import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api/client.ts';
import { failureText } from '../api/failure.ts';
import { createOrder, type Order, readOrder, replaceOrder } from '../api/orders.ts';
import type { Station } from '../api/stations.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { OrderChanged } from './order-changed.tsx';
import { type FieldErrors, formErrors, NO_ERRORS, serverErrors } from './order-errors.ts';
import { emptyForm, formOf, type OrderForm, orderBody } from './order-form.ts';
import { PatientFields } from './patient-fields.tsx';
import { RequestFields } from './request-fields.tsx';
import { StepFields } from './step-fields.tsx';

export interface OrderDialogProps {
  /** Undefined for a new one. */
  readonly order?: Order;
  /** What a new one begins with. */
  readonly start?: Partial<OrderForm>;
  readonly stations: readonly Station[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** What the parts of the form share. */
export interface FormPartProps {
  readonly form: OrderForm;
  readonly errors: FieldErrors;
  readonly onChange: (part: Partial<OrderForm>) => void;
}

export function OrderDialog({ order, start, stations, onClose, onSaved }: OrderDialogProps): VNode {
  const state = useOrderForm(order, start);
  const frame = useRef<HTMLDivElement>(null);
  useFirstError(frame, state.errors, state.tries);
  const submit = async () => {
    const saved = await state.submit();
    if (saved !== undefined) {
      const accession = saved.accessionNumber;
      toast('success', t(order === undefined ? 'orders.created' : 'orders.saved', { accession }));
      onSaved();
    }
  };
  const { form, errors, change, newer } = state;
  const actions = (
    <>
      {state.tries > 0 && errors.size > 0 && <span class="field-error grow">{t('orders.fieldsWrong')}</span>}
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={state.busy} disabled={newer !== undefined}>
        {t('orders.save')}
      </Button>
    </>
  );
  const parts = { form, errors, onChange: change };
  return (
    <Dialog
      wide="very"
      title={t(order === undefined ? 'orders.add' : 'orders.edit')}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <div class="order-form" ref={frame}>
        {newer === undefined ? (
          state.problem !== undefined && <Notice kind="danger">{failureText(state.problem)}</Notice>
        ) : (
          <OrderChanged mine={form} theirs={newer} onTake={state.takeTheirs} onKeep={state.keepMine} />
        )}
        {state.begun && <Notice kind="warning">{t('orders.locked')}</Notice>}
        <PatientFields {...parts} isNew={order === undefined} locked={state.begun} />
        <RequestFields {...parts} isNew={order === undefined} />
        <StepFields {...parts} stations={stations} />
      </div>
    </Dialog>
  );
}

interface OrderFormState {
  readonly form: OrderForm;
  readonly errors: FieldErrors;
  /** How often somebody tried to send it: faults are shown from the first time on. */
  readonly tries: number;
  readonly busy: boolean;
  /** What cannot be shown beside a field. */
  readonly problem: unknown;
  /** What somebody else saved meanwhile. */
  readonly newer: Order | undefined;
  /** A machine has begun with it. */
  readonly begun: boolean;
  change(part: Partial<OrderForm>): void;
  takeTheirs(): void;
  keepMine(): void;
  submit(): Promise<Order | undefined>;
}

function useOrderForm(order: Order | undefined, start: Partial<OrderForm> | undefined): OrderFormState {
  const { client, session } = useApp();
  const facility = session.session.value?.facilities[0]?.id ?? '';
  const [base, setBase] = useState(order);
  const [form, setForm] = useState(() =>
    order === undefined ? { ...emptyForm(facility, new Date()), ...start } : formOf(order),
  );
  const [newer, setNewer] = useState<Order | undefined>(undefined);
  const [refused, setRefused] = useState<FieldErrors>(NO_ERRORS);
  const [tries, setTries] = useState(0);
  const sending = useSending();
  const errors = tries === 0 ? NO_ERRORS : new Map([...refused, ...formErrors(form, new Date())]);
  const send = async (): Promise<Order> => {
    const body = orderBody(form, base);
    return base === undefined ? createOrder(client, body) : replaceOrder(client, base, base.version, body);
  };
  const submit = async () => {
    setTries(tries + 1);
    setRefused(NO_ERRORS);
    if (formErrors(form, new Date()).size > 0) {
      return undefined;
    }
    let saved: Order | undefined;
    await sending.run(async () => {
      try {
        saved = await send();
      } catch (error) {
        const current = base !== undefined && isConflict(error) ? await readOrder(client, base) : undefined;
        if (current !== undefined && current.version !== base?.version) {
          setNewer(current);
          return;
        }
        setRefused(serverErrors(error));
        throw error;
      }
    });
    return saved;
  };
  const adopt = (next: OrderForm) => () => {
    setForm(next);
    setBase(newer);
    setNewer(undefined);
    setTries(0);
  };
  return {
    form,
    errors,
    tries,
    busy: sending.busy,
    problem: refused.size > 0 ? undefined : sending.problem,
    newer,
    begun: base !== undefined && base.state !== 'SCHEDULED',
    change: (part) => {
      setForm({ ...form, ...part });
      setRefused(NO_ERRORS);
    },
    takeTheirs: adopt(newer === undefined ? form : formOf(newer)),
    keepMine: adopt(form),
    submit,
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409;
}

/** After every try the first field at fault gets the focus: with the keyboard alone one is there at once. */
function useFirstError(frame: { readonly current: HTMLElement | null }, errors: FieldErrors, tries: number): void {
  useEffect(() => {
    if (tries > 0 && errors.size > 0) {
      frame.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [tries]);
}
