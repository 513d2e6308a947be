import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { PasswordField } from '../account/password-field.tsx';
import { PASSWORD_LENGTH } from '../account/password-rules.ts';
import type { Facility } from '../api/facilities.ts';
import { ROLES, type Role } from '../api/session.ts';
import { addUser, changeUser, deleteUser, type User } from '../api/users.ts';
import { useApp } from '../app/context.ts';
import { type Sending, useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Confirm, Dialog } from '../design/dialog.tsx';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { FacilityChecks } from './facility-checks.tsx';
import { FormProblem } from './section.tsx';

export interface UserDialogProps {
  /** Undefined for a new one. */
  readonly user: User | undefined;
  readonly facilities: readonly Facility[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

interface Form extends Omit<User, 'id'> {
  readonly password: string;
}

export function UserDialog({ user, facilities, onClose, onSaved }: UserDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [tried, setTried] = useState(false);
  const [form, setForm] = useState<Form>(() => firstForm(user, facilities));
  const faults = faultsOf(form, user === undefined);
  const submit = async () => {
    setTried(true);
    if (Object.values(faults).some((fault) => fault !== undefined)) {
      return;
    }
    const { password, ...fields } = form;
    const change = {
      ...fields,
      facilities: form.role === 'administrator' ? [] : form.facilities,
      ...(password === '' ? {} : { password }),
    };
    if (await sending.run(() => (user === undefined ? addUser(client, change) : changeUser(client, user.id, change)))) {
      toast('success', t('admin.saved'));
      onSaved();
    }
  };
  const actions = (
    <>
      {user !== undefined && <DeleteUser user={user} onDeleted={onSaved} />}
      <span class="grow" />
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy}>
        {t('common.save')}
      </Button>
    </>
  );
  return (
    <Dialog
      title={t(user === undefined ? 'admin.addUser' : 'admin.editUser')}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <FormProblem problem={sending.problem} />
      <Fields
        form={form}
        isNew={user === undefined}
        faults={tried ? faults : {}}
        onChange={(part) => setForm({ ...form, ...part })}
        facilities={facilities}
      />
    </Dialog>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly isNew: boolean;
  readonly faults: Faults;
  readonly facilities: readonly Facility[];
  readonly onChange: (part: Partial<Form>) => void;
}

function Fields({ form, isNew, faults, facilities, onChange }: FieldsProps): VNode {
  return (
    <>
      <TextField
        label={t('admin.displayName')}
        required
        autoFocus={isNew}
        autoComplete="off"
        error={faults.displayName}
        value={form.displayName}
        onText={(displayName) => onChange({ displayName })}
      />
      <TextField
        label={t('account.username')}
        required
        autoComplete="off"
        spellcheck={false}
        hint={t('admin.usernameHint')}
        error={faults.username}
        value={form.username}
        onText={(username) => onChange({ username })}
      />
      <PasswordField
        label={t(isNew ? 'admin.initialPassword' : 'admin.resetPassword')}
        autoComplete="new-password"
        required={isNew}
        hint={isNew ? t('admin.passwordHint', { count: PASSWORD_LENGTH }) : t('admin.resetPasswordNote')}
        error={faults.password}
        value={form.password}
        onText={(password) => onChange({ password })}
      />
      <SelectField
        label={t('account.role')}
        hint={t(`admin.roleHint_${form.role}`)}
        options={ROLES.map((role) => ({ value: role, label: t(`account.role_${role}`) }))}
        value={form.role}
        onText={(role) => onChange({ role: ROLES.find((known) => known === role) ?? form.role })}
      />
      {form.role !== 'administrator' && (
        <FacilityChecks
          facilities={facilities}
          chosen={form.facilities}
          error={faults.facilities}
          onChange={(chosen) => onChange({ facilities: chosen })}
        />
      )}
      {!isNew && (
        <Check
          label={t('admin.disabled')}
          note={t('admin.disabledNote')}
          checked={form.disabled}
          onCheck={(disabled) => onChange({ disabled })}
        />
      )}
    </>
  );
}

function DeleteUser({ user, onDeleted }: { readonly user: User; readonly onDeleted: () => void }): VNode {
  const { client } = useApp();
  const sending: Sending = useSending();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    if (await sending.run(() => deleteUser(client, user.id))) {
      toast('success', t('admin.deleted'));
      onDeleted();
    }
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t('admin.deleteUser')}
      </Button>
      {asking && (
        <Confirm
          title={t('admin.deleteUserTitle', { name: user.displayName })}
          text={t('admin.deleteUserText')}
          action={t('admin.deleteUser')}
          busy={sending.busy}
          problem={sending.problem}
          onConfirm={() => void remove()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface Faults {
  readonly displayName?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly facilities?: string | undefined;
}

function firstForm(user: User | undefined, facilities: readonly Facility[]): Form {
  const [only, ...others] = facilities;
  const start: Omit<User, 'id'> = {
    username: '',
    displayName: '',
    role: 'doctor' satisfies Role,
    facilities: only !== undefined && others.length === 0 ? [only.id] : [],
    disabled: false,
  };
  const { username, displayName, role, facilities: chosen, disabled } = user ?? start;
  return { username, displayName, role, facilities: chosen, disabled, password: '' };
}

function faultsOf(form: Form, isNew: boolean): Faults {
  const short = [...form.password].length < PASSWORD_LENGTH && (isNew || form.password !== '');
  return {
    displayName: form.displayName.trim() === '' ? t('admin.needName') : undefined,
    username: /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@-]*$/u.test(form.username) ? undefined : t('admin.usernameHint'),
    password: short ? t('admin.passwordHint', { count: PASSWORD_LENGTH }) : undefined,
    facilities: form.role !== 'administrator' && form.facilities.length === 0 ? t('admin.needFacility') : undefined,
  };
}
