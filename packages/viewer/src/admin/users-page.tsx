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
import { AdminTable, type Column } from './admin-table.tsx';
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
  const columns: readonly Column<User>[] = [
    { title: t('admin.colName'), kind: 'main', cell: ({ displayName }) => displayName },
    { title: t('admin.colUsername'), class: 'soft', cell: ({ username }) => username },
    { title: t('admin.colRole'), cell: ({ role }) => t(`account.role_${role}`) },
    { title: t('admin.colFacilities'), class: 'soft', cell: reach },
    {
      title: t('admin.colState'),
      cell: ({ disabled }) => (
        <Badge kind={disabled ? 'plain' : 'success'}>{t(disabled ? 'admin.stateDisabled' : 'admin.stateActive')}</Badge>
      ),
    },
    {
      title: '',
      kind: 'actions',
      cell: (user) => (
        <Button small aria-label={`${t('common.edit')} ${user.displayName}`} onClick={() => onEdit(user)}>
          {t('common.edit')}
        </Button>
      ),
    },
  ];
  return <AdminTable rows={data.users} keyOf={({ id }) => id} columns={columns} />;
}
