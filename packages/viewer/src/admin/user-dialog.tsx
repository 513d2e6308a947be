import type { VNode } from 'preact';
import { PasswordField } from '../account/password-field.tsx';
import { PASSWORD_LENGTH } from '../account/password-rules.ts';
import type { Facility } from '../api/facilities.ts';
import { ROLES, type Role } from '../api/session.ts';
import { addUser, changeUser, deleteUser, type User, type UserChange } from '../api/users.ts';
import { useApp } from '../app/context.ts';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import { DeleteButton } from './asked-button.tsx';
import { FacilityChecks } from './facility-checks.tsx';
import { FormDialog, useForm } from './form-dialog.tsx';

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
  const state = useForm<Form, Faults>({
    start: () => firstForm(user, facilities),
    faultsOf: (form) => faultsOf(form, user === undefined),
    save: (form) => (user === undefined ? addUser(client, changeOf(form)) : changeUser(client, user.id, changeOf(form))),
    onSaved,
  });
  const remove = user !== undefined && (
    <DeleteButton
      label={t('admin.deleteUser')}
      title={t('admin.deleteUserTitle', { name: user.displayName })}
      text={t('admin.deleteUserText')}
      remove={() => deleteUser(client, user.id)}
      onDone={onSaved}
    />
  );
  return (
    <FormDialog
      title={t(user === undefined ? 'admin.addUser' : 'admin.editUser')}
      state={state}
      remove={remove}
      onClose={onClose}
    >
      <Fields {...state} isNew={user === undefined} facilities={facilities} />
    </FormDialog>
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

type Faults = Readonly<Partial<Record<'displayName' | 'username' | 'password' | 'facilities', string | undefined>>>;

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

/** A password that is left empty stays as it is. */
function changeOf({ password, ...fields }: Form): UserChange {
  return {
    ...fields,
    facilities: fields.role === 'administrator' ? [] : fields.facilities,
    ...(password === '' ? {} : { password }),
  };
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
