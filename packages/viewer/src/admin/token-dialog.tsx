import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Facility } from '../api/facilities.ts';
import { ROLES, type Role } from '../api/session.ts';
import { addToken } from '../api/tokens.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { CopyField } from '../design/copy-field.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { FacilityChecks } from './facility-checks.tsx';
import { FormProblem } from './section.tsx';

export interface TokenDialogProps {
  readonly facilities: readonly Facility[];
  readonly onClose: () => void;
  readonly onAdded: () => void;
}

interface Form {
  readonly name: string;
  readonly role: Role;
  readonly all: boolean;
  readonly facilities: readonly string[];
  readonly days: string;
}

const LIFETIMES: readonly number[] = [365, 90, 30, 0];
const DAY_MS = 86_400_000;

/** Makes a token, then shows its secret this once. */
export function TokenDialog({ facilities, onClose, onAdded }: TokenDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const [tried, setTried] = useState(false);
  const [form, setForm] = useState<Form>({ name: '', role: 'reader', all: true, facilities: [], days: '365' });
  const noReach = !form.all && form.facilities.length === 0;
  const submit = async () => {
    setTried(true);
    if (form.name.trim() === '' || noReach) {
      return;
    }
    const days = Number(form.days);
    const expiry = days === 0 ? {} : { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() };
    await sending.run(async () => {
      setSecret(
        await addToken(client, {
          name: form.name.trim(),
          role: form.role,
          facilities: form.all ? 'all' : form.facilities,
          ...expiry,
        }),
      );
      onAdded();
    });
  };
  if (secret !== undefined) {
    return <Secret secret={secret} onClose={onClose} />;
  }
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy}>
        {t('admin.addToken')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('admin.addToken')} onClose={onClose} actions={actions} onSubmit={() => void submit()}>
      <FormProblem problem={sending.problem} />
      <Fields form={form} tried={tried} facilities={facilities} onChange={(part) => setForm({ ...form, ...part })} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly tried: boolean;
  readonly facilities: readonly Facility[];
  readonly onChange: (part: Partial<Form>) => void;
}

function Fields({ form, tried, facilities, onChange }: FieldsProps): VNode {
  return (
    <>
      <TextField
        label={t('admin.tokenName')}
        hint={t('admin.tokenNameHint')}
        required
        autoFocus
        autoComplete="off"
        error={tried && form.name.trim() === '' ? t('admin.needName') : undefined}
        value={form.name}
        onText={(name) => onChange({ name })}
      />
      <SelectField
        label={t('admin.tokenRights')}
        hint={t(`admin.roleHint_${form.role}`)}
        options={ROLES.map((role) => ({ value: role, label: t(`account.role_${role}`) }))}
        value={form.role}
        onText={(role) => onChange({ role: ROLES.find((known) => known === role) ?? form.role })}
      />
      <Check label={t('admin.allFacilities')} checked={form.all} onCheck={(all) => onChange({ all })} />
      {!form.all && (
        <FacilityChecks
          facilities={facilities}
          chosen={form.facilities}
          error={tried && form.facilities.length === 0 ? t('admin.needFacility') : undefined}
          onChange={(chosen) => onChange({ facilities: chosen })}
        />
      )}
      <SelectField
        label={t('admin.tokenExpiry')}
        options={LIFETIMES.map((days) => ({
          value: String(days),
          label: days === 0 ? t('admin.tokenNever') : t('admin.tokenDays', { count: days }),
        }))}
        value={form.days}
        onText={(days) => onChange({ days })}
      />
    </>
  );
}

function Secret({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }): VNode {
  const done = (
    <Button kind="primary" onClick={onClose}>
      {t('common.done')}
    </Button>
  );
  return (
    <Dialog title={t('admin.tokenSecret')} onClose={onClose} actions={done}>
      <Notice kind="warning">{t('admin.tokenSecretText')}</Notice>
      <CopyField label={t('admin.tokenSecret')} value={secret} />
    </Dialog>
  );
}
