import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { AE_PERMISSIONS, type Ae, addAe, changeAe, deleteAe } from '../api/aes.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Confirm, Dialog } from '../design/dialog.tsx';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { type AeFaults, type AeForm, aeFaults, aeForm, aeOf } from './ae-form.ts';
import { AeSettings } from './ae-settings.tsx';
import { FormProblem } from './section.tsx';

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
  const sending = useSending();
  const [tried, setTried] = useState(false);
  const [form, setForm] = useState(() => aeForm(ae, session.session.value?.facilities[0]?.id ?? ''));
  const faults = tried ? aeFaults(form) : {};
  const submit = async () => {
    setTried(true);
    if (Object.keys(aeFaults(form)).length > 0) {
      return;
    }
    const value = aeOf(form);
    if (await sending.run(() => (ae === undefined ? addAe(client, value) : changeAe(client, value)))) {
      toast('success', t('admin.saved'));
      onSaved();
    }
  };
  const actions = (
    <>
      {ae !== undefined && <DeleteAe title={ae.title} onDeleted={onSaved} />}
      <span class="grow" />
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy}>
        {t('common.save')}
      </Button>
    </>
  );
  const parts = { form, faults, onChange: (part: Partial<AeForm>) => setForm({ ...form, ...part }) };
  return (
    <Dialog
      wide
      title={t(ae === undefined ? 'aes.add' : 'aes.edit')}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <FormProblem problem={sending.problem} />
      <Fields {...parts} isNew={ae === undefined} />
      <AeSettings {...parts} />
    </Dialog>
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

function DeleteAe({ title, onDeleted }: { readonly title: string; readonly onDeleted: () => void }): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    if (await sending.run(() => deleteAe(client, title))) {
      toast('success', t('admin.deleted'));
      onDeleted();
    }
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('aes.delete')}
      </Button>
      {asking && (
        <Confirm
          title={t('aes.deleteTitle', { title })}
          text={t('aes.deleteText')}
          action={t('aes.delete')}
          busy={sending.busy}
          problem={sending.problem}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
