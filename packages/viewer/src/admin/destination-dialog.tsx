import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { addDestination, changeDestination, type Destination, deleteDestination } from '../api/destinations.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Confirm, Dialog } from '../design/dialog.tsx';
import { Check } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { DestinationAddress } from './destination-address.tsx';
import {
  type DestinationFaults,
  type DestinationForm,
  destinationFaults,
  destinationForm,
  destinationOf,
} from './destination-form.ts';
import { DestinationLine } from './destination-line.tsx';
import { DestinationSharing } from './destination-sharing.tsx';
import { DestinationWhen } from './destination-when.tsx';
import { FormProblem } from './section.tsx';

export interface DestinationDialogProps {
  /** Undefined for a new one. */
  readonly destination: Destination | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** What the parts of the form share. */
export interface DestinationPartProps {
  readonly form: DestinationForm;
  readonly faults: DestinationFaults;
  readonly onChange: (part: Partial<DestinationForm>) => void;
}

export function DestinationDialog({ destination, onClose, onSaved }: DestinationDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [tried, setTried] = useState(false);
  const [form, setForm] = useState(() => destinationForm(destination));
  const faults = tried ? destinationFaults(form) : {};
  const submit = async () => {
    setTried(true);
    if (Object.keys(destinationFaults(form)).length > 0) {
      return;
    }
    const save = destination === undefined ? addDestination : changeDestination;
    if (await sending.run(() => save(client, form.id.trim(), destinationOf(form)))) {
      toast('success', t('admin.saved'));
      onSaved();
    }
  };
  const actions = (
    <>
      {destination !== undefined && <DeleteDestination destination={destination} onDeleted={onSaved} />}
      <span class="grow" />
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy}>
        {t('common.save')}
      </Button>
    </>
  );
  const parts = { form, faults, onChange: (part: Partial<DestinationForm>) => setForm({ ...form, ...part }) };
  return (
    <Dialog
      wide
      title={destination === undefined ? t('destinations.add') : t('destinations.edit', { id: destination.id })}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <FormProblem problem={sending.problem} />
      <DestinationAddress {...parts} before={destination} />
      <DestinationWhen {...parts} rules={destination?.rules ?? []} />
      <div class="ae-settings">
        <DestinationSharing {...parts} />
        <DestinationLine {...parts} />
      </div>
      <Check
        label={t('destinations.enabled')}
        note={t('destinations.enabledNote')}
        checked={form.enabled}
        onCheck={(enabled) => parts.onChange({ enabled })}
      />
    </Dialog>
  );
}

interface DeleteProps {
  readonly destination: Destination;
  readonly onDeleted: () => void;
}

function DeleteDestination({ destination, onDeleted }: DeleteProps): VNode {
  const { id, rules } = destination;
  const { client } = useApp();
  const sending = useSending();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    if (await sending.run(() => deleteDestination(client, id))) {
      toast('success', t('admin.deleted'));
      onDeleted();
    }
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('destinations.delete')}
      </Button>
      {asking && rules.length > 0 && <StillNamed destination={destination} onClose={() => setAsking(false)} />}
      {asking && rules.length === 0 && (
        <Confirm
          title={t('destinations.deleteTitle', { id })}
          text={t('destinations.deleteText')}
          action={t('common.remove')}
          busy={sending.busy}
          problem={sending.problem}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface StillNamedProps {
  readonly destination: Destination;
  readonly onClose: () => void;
}

/** It cannot be deleted while rules send there: which ones. */
function StillNamed({ destination: { id, rules }, onClose }: StillNamedProps): VNode {
  const close = (
    <Button kind="primary" onClick={onClose}>
      {t('common.close')}
    </Button>
  );
  return (
    <Dialog title={t('destinations.deleteTitle', { id })} onClose={onClose} actions={close}>
      <Notice kind="warning">{t('destinations.deleteRules')}</Notice>
      <ul class="changes">
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </Dialog>
  );
}
