import type { VNode } from 'preact';
import { AE_PERMISSIONS, type Ae, addAe, changeAe, deleteAe } from '../api/aes.ts';
import { useApp } from '../app/context.ts';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import { type AeFaults, type AeForm, aeFaults, aeForm, aeOf } from './ae-form.ts';
import { AeSettings } from './ae-settings.tsx';
import { DeleteButton } from './asked-button.tsx';
import { FormDialog, useForm } from './form-dialog.tsx';

export interface AeDialogProps {
  /** Undefined for a new one. */
  readonly ae: Ae | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** What the parts of the form share. */
export interface AePartProps {
  readonly form: AeForm;
  readonly faults: AeFaults;
  readonly onChange: (part: Partial<AeForm>) => void;
}

export function AeDialog({ ae, onClose, onSaved }: AeDialogProps): VNode {
  const { client, session } = useApp();
  const state = useForm<AeForm, AeFaults>({
    start: () => aeForm(ae, session.session.value?.facilities[0]?.id ?? ''),
    faultsOf: aeFaults,
    save: (form) => (ae === undefined ? addAe : changeAe)(client, aeOf(form)),
    onSaved,
  });
  const remove = ae !== undefined && (
    <DeleteButton
      label={t('aes.delete')}
      title={t('aes.deleteTitle', { title: ae.title })}
      text={t('aes.deleteText')}
      remove={() => deleteAe(client, ae.title)}
      onDone={onSaved}
    />
  );
  return (
    <FormDialog wide title={t(ae === undefined ? 'aes.add' : 'aes.edit')} state={state} remove={remove} onClose={onClose}>
      <Fields {...state} isNew={ae === undefined} />
      <AeSettings {...state} />
    </FormDialog>
  );
}

function Fields({ form, faults, isNew, onChange }: AePartProps & { readonly isNew: boolean }): VNode {
  const { session } = useApp();
  const facilities = session.session.value?.facilities ?? [];
  return (
    <>
      <div class="field-pair">
        <TextField
          label={t('aes.title')}
          required
          autoFocus={isNew}
          disabled={!isNew}
          maxLength={16}
          spellcheck={false}
          autoComplete="off"
          hint={t('aes.titleHint')}
          error={faults.title}
          value={form.title}
          onText={(title) => onChange({ title })}
        />
        <SelectField
          label={t('aes.facility')}
          options={facilities.map(({ id, name }) => ({ value: id, label: name }))}
          value={form.facility}
          onText={(facility) => onChange({ facility })}
        />
      </div>
      <div class="field-pair field-pair-wide">
        <TextField
          label={t('aes.host')}
          hint={t('aes.hostHint')}
          spellcheck={false}
          autoComplete="off"
          value={form.host}
          onText={(host) => onChange({ host })}
        />
        <TextField
          label={t('aes.port')}
          inputMode="numeric"
          autoComplete="off"
          placeholder="104"
          error={faults.port}
          value={form.port}
          onText={(port) => onChange({ port })}
        />
      </div>
      <Permissions form={form} faults={faults} onChange={onChange} />
    </>
  );
}

function Permissions({ form, onChange }: AePartProps): VNode {
  return (
    <fieldset class="field">
      <legend class="field-label">{t('aes.may')}</legend>
      <div class="checks checks-two">
        {AE_PERMISSIONS.map((permission) => (
          <Check
            key={permission}
            label={t(`aes.may_${permission}`)}
            note={t(`aes.mayNote_${permission}`)}
            checked={form.may.includes(permission)}
            onCheck={(on) =>
              onChange({ may: AE_PERMISSIONS.filter((known) => (known === permission ? on : form.may.includes(known))) })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
