import { Plus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { addFacility, changeFacility, type Facility, readFacilities } from '../api/facilities.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { TextField } from '../design/field.tsx';
import { toast } from '../design/toast.tsx';
import { t } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { FormProblem, LoadedView, Section } from './section.tsx';

const NEW: Facility = { id: '', name: '', patientIdIssuer: '' };

export function FacilitiesPage(): VNode {
  const { client, session } = useApp();
  const [editing, setEditing] = useState<Facility | undefined>(undefined);
  const loaded = useLoaded('facilities', (signal) => readFacilities(client, signal));
  const saved = () => {
    setEditing(undefined);
    loaded.reload();
    // Names of facilities stand in the session as well.
    void session.refresh();
  };
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEditing(NEW)}>
      {t('admin.addFacility')}
    </Button>
  );
  return (
    <Section title={t('admin.facilities')} intro={t('admin.facilitiesIntro')} action={add}>
      <LoadedView loaded={loaded}>{(facilities) => <Facilities facilities={facilities} onEdit={setEditing} />}</LoadedView>
      {editing !== undefined && <FacilityDialog facility={editing} onClose={() => setEditing(undefined)} onSaved={saved} />}
    </Section>
  );
}

function Facilities({
  facilities,
  onEdit,
}: {
  readonly facilities: readonly Facility[];
  readonly onEdit: (facility: Facility) => void;
}): VNode {
  const columns: readonly Column<Facility>[] = [
    { title: t('admin.facilityName'), kind: 'main', cell: ({ name }) => name },
    { title: t('admin.facilityId'), class: 'soft', cell: ({ id }) => id },
    { title: t('admin.issuer'), class: 'soft', cell: ({ patientIdIssuer }) => patientIdIssuer },
    {
      title: '',
      kind: 'actions',
      cell: (facility) => (
        <Button small aria-label={`${t('common.edit')} ${facility.name}`} onClick={() => onEdit(facility)}>
          {t('common.edit')}
        </Button>
      ),
    },
  ];
  return <AdminTable rows={facilities} keyOf={({ id }) => id} columns={columns} />;
}

interface FacilityDialogProps {
  readonly facility: Facility;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

function FacilityDialog({ facility, onClose, onSaved }: FacilityDialogProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [form, setForm] = useState(facility);
  const [tried, setTried] = useState(false);
  const isNew = facility.id === '';
  const wrongId = !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(form.id);
  const submit = async () => {
    setTried(true);
    if (wrongId || form.name.trim() === '' || form.patientIdIssuer.trim() === '') {
      return;
    }
    if (await sending.run(() => (isNew ? addFacility(client, form) : changeFacility(client, form)))) {
      toast('success', t('admin.saved'));
      onSaved();
    }
  };
  const needed = (value: string) => (tried && value.trim() === '' ? t('common.fieldRequired') : undefined);
  const actions = (
    <>
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button type="submit" kind="primary" busy={sending.busy}>
        {t('common.save')}
      </Button>
    </>
  );
  return (
    <Dialog
      title={t(isNew ? 'admin.addFacility' : 'admin.editFacility')}
      onClose={onClose}
      actions={actions}
      onSubmit={() => void submit()}
    >
      <FormProblem problem={sending.problem} />
      <TextField
        label={t('admin.facilityName')}
        required
        autoFocus
        error={needed(form.name)}
        value={form.name}
        onText={(name) => setForm({ ...form, name })}
      />
      {isNew && (
        <TextField
          label={t('admin.facilityId')}
          required
          spellcheck={false}
          hint={t('admin.facilityIdHint')}
          error={tried && wrongId ? t('admin.facilityIdWrong') : undefined}
          value={form.id}
          onText={(id) => setForm({ ...form, id })}
        />
      )}
      <TextField
        label={t('admin.issuer')}
        required
        spellcheck={false}
        hint={t('admin.issuerHint')}
        error={needed(form.patientIdIssuer)}
        value={form.patientIdIssuer}
        onText={(patientIdIssuer) => setForm({ ...form, patientIdIssuer })}
      />
    </Dialog>
  );
}
