import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { addDestination, changeDestination, type Destination, deleteDestination } from '../api/destinations.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Check } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { DeleteButton } from './asked-button.tsx';
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
import { FormDialog, useForm } from './form-dialog.tsx';

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
  const state = useForm<DestinationForm, DestinationFaults>({
    start: () => destinationForm(destination),
    faultsOf: destinationFaults,
    save: (form) => (destination === undefined ? addDestination : changeDestination)(client, form.id.trim(), destinationOf(form)),
    onSaved,
  });
  const { form, onChange } = state;
  return (
    <FormDialog
      wide
      title={destination === undefined ? t('destinations.add') : t('destinations.edit', { id: destination.id })}
      state={state}
      remove={destination !== undefined && <DeleteDestination destination={destination} onDeleted={onSaved} />}
      onClose={onClose}
    >
      <DestinationAddress {...state} before={destination} />
      <DestinationWhen {...state} rules={destination?.rules ?? []} />
      <div class="ae-settings">
        <DestinationSharing {...state} />
        <DestinationLine {...state} />
      </div>
      <Check
        label={t('destinations.enabled')}
        note={t('destinations.enabledNote')}
        checked={form.enabled}
        onCheck={(enabled) => onChange({ enabled })}
      />
    </FormDialog>
  );
}

interface DeleteProps {
  readonly destination: Destination;
  readonly onDeleted: () => void;
}

function DeleteDestination({ destination, onDeleted }: DeleteProps): VNode {
  const { id, rules } = destination;
  const { client } = useApp();
  return rules.length > 0 ? (
    <StillNamed destination={destination} />
  ) : (
    <DeleteButton
      label={t('destinations.delete')}
      title={t('destinations.deleteTitle', { id })}
      text={t('destinations.deleteText')}
      remove={() => deleteDestination(client, id)}
      onDone={onDeleted}
    />
  );
}

/** It cannot be deleted while rules send there: which ones. */
function StillNamed({ destination: { id, rules } }: { readonly destination: Destination }): VNode {
  const [asking, setAsking] = useState(false);
  const close = (
    <Button kind="primary" onClick={() => setAsking(false)}>
      {t('common.close')}
    </Button>
  );
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('destinations.delete')}
      </Button>
      {asking && (
        <Dialog title={t('destinations.deleteTitle', { id })} onClose={() => setAsking(false)} actions={close}>
          <Notice kind="warning">{t('destinations.deleteRules')}</Notice>
          <ul class="changes">
            {rules.map((rule) => (
              <li key={rule}>{rule}</li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}
