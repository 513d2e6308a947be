import { UserPlus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Facility, readFacilities } from '../api/facilities.ts';
import { readUsers, type User } from '../api/users.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { Badge } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { LoadedView, Section } from './section.tsx';
import { UserDialog } from './user-dialog.tsx';

interface Data {
  readonly users: readonly User[];
  readonly facilities: readonly Facility[];
}

export function UsersPage(): VNode {
  const { client } = useApp();
  const [editing, setEditing] = useState<User | 'new' | undefined>(undefined);
  const loaded = useLoaded<Data>('users', async (signal) => {
    const [users, facilities] = await Promise.all([readUsers(client, signal), readFacilities(client, signal)]);
    return { users, facilities };
  });
  const add = (
    <Button kind="primary" icon={UserPlus} disabled={loaded.value === undefined} onClick={() => setEditing('new')}>
      {t('admin.addUser')}
    </Button>
  );
  return (
    <Section title={t('admin.users')} intro={t('admin.usersIntro')} action={add}>
      <LoadedView loaded={loaded}>{(data) => <Users data={data} onEdit={setEditing} />}</LoadedView>
      {editing !== undefined && (
        <UserDialog
          user={editing === 'new' ? undefined : editing}
          facilities={loaded.value?.facilities ?? []}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            loaded.reload();
          }}
        />
      )}
    </Section>
  );
}

function Users({ data, onEdit }: { readonly data: Data; readonly onEdit: (user: User) => void }): VNode {
  const names = new Map(data.facilities.map(({ id, name }) => [id, name]));
  const reach = ({ role, facilities }: User) =>
    role === 'administrator' ? t('admin.allFacilities') : facilities.map((id) => names.get(id) ?? id).join(', ');
  return (
    <div class="panel table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t('admin.colName')}</th>
            <th scope="col">{t('admin.colUsername')}</th>
            <th scope="col">{t('admin.colRole')}</th>
            <th scope="col">{t('admin.colFacilities')}</th>
            <th scope="col">{t('admin.colState')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {data.users.map((user) => (
            <tr key={user.id}>
              <td class="cell-main">{user.displayName}</td>
              <td class="soft" data-label={t('admin.colUsername')}>
                {user.username}
              </td>
              <td data-label={t('admin.colRole')}>{t(`account.role_${user.role}`)}</td>
              <td class="soft" data-label={t('admin.colFacilities')}>
                {reach(user)}
              </td>
              <td data-label={t('admin.colState')}>
                <Badge kind={user.disabled ? 'plain' : 'success'}>
                  {t(user.disabled ? 'admin.stateDisabled' : 'admin.stateActive')}
                </Badge>
              </td>
              <td class="cell-actions">
                <Button small aria-label={`${t('common.edit')} ${user.displayName}`} onClick={() => onEdit(user)}>
                  {t('common.edit')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
