import { Plus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { addFacility, changeFacility, type Facility, readFacilities } from '../api/facilities.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import { AdminTable, type Column } from './admin-table.tsx';
import { FormDialog, useForm } from './form-dialog.tsx';
import { LoadedView, Section } from './section.tsx';

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

type FacilityFaults = Readonly<Partial<Record<keyof Facility, string | undefined>>>;

function FacilityDialog({ facility, onClose, onSaved }: FacilityDialogProps): VNode {
  const { client } = useApp();
  const isNew = facility.id === '';
  const state = useForm<Facility, FacilityFaults>({
    start: () => facility,
    faultsOf: facilityFaults,
    save: (form) => (isNew ? addFacility : changeFacility)(client, form),
    onSaved,
  });
  const { form, faults, onChange } = state;
  return (
    <FormDialog title={t(isNew ? 'admin.addFacility' : 'admin.editFacility')} state={state} onClose={onClose}>
      <TextField
        label={t('admin.facilityName')}
        required
        autoFocus
        error={faults.name}
        value={form.name}
        onText={(name) => onChange({ name })}
      />
      {isNew && (
        <TextField
          label={t('admin.facilityId')}
          required
          spellcheck={false}
          hint={t('admin.facilityIdHint')}
          error={faults.id}
          value={form.id}
          onText={(id) => onChange({ id })}
        />
      )}
      <TextField
        label={t('admin.issuer')}
        required
        spellcheck={false}
        hint={t('admin.issuerHint')}
        error={faults.patientIdIssuer}
        value={form.patientIdIssuer}
        onText={(patientIdIssuer) => onChange({ patientIdIssuer })}
      />
    </FormDialog>
  );
}

function facilityFaults({ id, name, patientIdIssuer }: Facility): FacilityFaults {
  const needed = (value: string) => (value.trim() === '' ? t('common.fieldRequired') : undefined);
  return {
    id: /^[a-z0-9][a-z0-9_-]{0,63}$/.test(id) ? undefined : t('admin.facilityIdWrong'),
    name: needed(name),
    patientIdIssuer: needed(patientIdIssuer),
  };
}
