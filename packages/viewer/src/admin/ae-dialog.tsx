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
import { FormProblem } from './section.tsx';

export interface AeDialogProps {
  /** Undefined for a new one. */
  readonly ae: Ae | undefined;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

interface Form extends Omit<Ae, 'host' | 'port'> {
  readonly host: string;
  readonly port: string;
}

export function AeDialog({ ae, onClose, onSaved }: AeDialogProps): VNode {
  const { client, session } = useApp();
  const sending = useSending();
  const [tried, setTried] = useState(false);
  const [form, setForm] = useState<Form>(() => ({
    title: ae?.title ?? '',
    host: ae?.host ?? '',
    port: ae?.port === undefined ? '' : String(ae.port),
    may: ae?.may ?? ['echo', 'store'],
    facility: ae?.facility ?? session.session.value?.facilities[0]?.id ?? '',
  }));
  const wrongTitle = !/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(form.title.trim());
  const port = Number(form.port);
  const wrongPort = form.port.trim() !== '' && !(Number.isInteger(port) && port >= 1 && port <= 65_535);
  const submit = async () => {
    setTried(true);
    if (wrongTitle || wrongPort) {
      return;
    }
    const host = form.host.trim();
    const value: Ae = {
      ...form,
      title: form.title.trim(),
      host: host === '' ? undefined : host,
      port: form.port.trim() === '' ? undefined : port,
    };
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
  return (
    <Dialog
      title={t(ae === undefined ? 'aes.add' : 'aes.edit')}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <FormProblem problem={sending.problem} />
      <Fields
        form={form}
        isNew={ae === undefined}
        wrongTitle={tried && wrongTitle}
        wrongPort={wrongPort}
        onChange={(part) => setForm({ ...form, ...part })}
      />
    </Dialog>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly isNew: boolean;
  readonly wrongTitle: boolean;
  readonly wrongPort: boolean;
  readonly onChange: (part: Partial<Form>) => void;
}

function Fields({ form, isNew, wrongTitle, wrongPort, onChange }: FieldsProps): VNode {
  const { session } = useApp();
  const facilities = session.session.value?.facilities ?? [];
  return (
    <>
      <TextField
        label={t('aes.title')}
        required
        autoFocus={isNew}
        disabled={!isNew}
        maxLength={16}
        spellcheck={false}
        autoComplete="off"
        hint={t('aes.titleHint')}
        error={wrongTitle ? t('aes.titleWrong') : undefined}
        value={form.title}
        onText={(title) => onChange({ title })}
      />
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
          error={wrongPort ? t('aes.portWrong') : undefined}
          value={form.port}
          onText={(port) => onChange({ port })}
        />
      </div>
      <SelectField
        label={t('aes.facility')}
        options={facilities.map(({ id, name }) => ({ value: id, label: name }))}
        value={form.facility}
        onText={(facility) => onChange({ facility })}
      />
      <fieldset class="field">
        <legend class="field-label">{t('aes.may')}</legend>
        <div class="checks">
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
    </>
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
