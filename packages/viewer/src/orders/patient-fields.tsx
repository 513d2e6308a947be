import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { isAbort } from '../api/failure.ts';
import { findStudies, type Patient } from '../api/studies.ts';
import { useApp } from '../app/context.ts';
import { Button } from '../design/button.tsx';
import { SelectField, TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { nameOf } from '../worklist/words.ts';
import { foldedName } from './difference.ts';
import type { FormPartProps } from './order-dialog.tsx';
import { birthText, parseBirth } from './order-form.ts';
import { sexWord } from './words.ts';

export interface PatientFieldsProps extends FormPartProps {
  readonly isNew: boolean;
  /** A machine has written them into its images. */
  readonly locked: boolean;
}

/** Who is examined. An id that the archive knows says whose it is, before a wrong one gets to the machine. */
export function PatientFields({ form, errors, onChange, isNew, locked }: PatientFieldsProps): VNode {
  const known = useKnownPatient(form.patientId, form.facility);
  return (
    <fieldset class="order-group">
      <legend class="order-section">{t('orders.patient')}</legend>
      <div class="order-grid order-grid-patient">
        <TextField
          label={t('orders.patientId')}
          required
          autoFocus={isNew}
          autoComplete="off"
          disabled={locked}
          spellcheck={false}
          maxLength={64}
          error={errors.get('patient.id')}
          value={form.patientId}
          onText={(patientId) => onChange({ patientId })}
        />
        <TextField
          label={t('orders.patientName')}
          required
          autoComplete="off"
          disabled={locked}
          spellcheck={false}
          maxLength={64}
          hint={t('orders.patientNameHint')}
          error={errors.get('patient.name')}
          value={form.patientName}
          onText={(patientName) => onChange({ patientName })}
        />
        <TextField
          label={t('orders.birth')}
          autoComplete="off"
          disabled={locked}
          inputMode="numeric"
          hint={t('orders.birthHint')}
          error={errors.get('patient.birthDate')}
          value={form.birth}
          onText={(birth) => onChange({ birth })}
          onBlur={() => onChange({ birth: birthText(parseBirth(form.birth) ?? null) || form.birth })}
        />
        <SelectField
          label={t('orders.sex')}
          disabled={locked}
          error={errors.get('patient.sex')}
          options={[
            { value: '', label: t('orders.sexUnknown') },
            { value: 'M', label: t('common.sexM') },
            { value: 'F', label: t('common.sexF') },
            { value: 'O', label: t('common.sexO') },
          ]}
          value={form.sex}
          onText={(sex) => onChange({ sex })}
        />
      </div>
      {known !== undefined && !locked && <KnownPatient known={known} name={form.patientName} onUse={onChange} />}
    </fieldset>
  );
}

interface KnownPatientProps {
  readonly known: Patient;
  readonly name: string;
  readonly onUse: FormPartProps['onChange'];
}

function KnownPatient({ known, name, onUse }: KnownPatientProps): VNode | null {
  const who = [nameOf(known), birthText(known.birthDate), sexWord(known.sex)].filter(Boolean).join(', ');
  if (name.trim() !== '' && foldedName(name) === foldedName(known.name)) {
    return null;
  }
  const use = () => onUse({ patientName: known.name, birth: birthText(known.birthDate), sex: known.sex });
  const other = name.trim() !== '';
  return (
    <Notice kind={other ? 'warning' : 'plain'}>
      <div class="order-known">
        <span>{t(other ? 'orders.knownOther' : 'orders.known', { who })}</span>
        <Button small onClick={use}>
          {t('orders.knownUse')}
        </Button>
      </div>
    </Notice>
  );
}

const TYPING_MS = 500;

/** Whose id it is, by the last study that has it. Nobody is kept waiting: without an answer nothing is said. */
function useKnownPatient(patientId: string, facility: string): Patient | undefined {
  const { client } = useApp();
  const [known, setKnown] = useState<Patient | undefined>(undefined);
  const id = patientId.trim();
  useEffect(() => {
    setKnown(undefined);
    if (id === '') {
      return undefined;
    }
    const request = new AbortController();
    const ask = async () => {
      try {
        const { studies } = await findStudies(client, { patientId: id, facility }, request.signal);
        setKnown(studies.find(({ patient }) => patient.id === id)?.patient);
      } catch (error) {
        if (!isAbort(error)) {
          setKnown(undefined);
        }
      }
    };
    const timer = setTimeout(() => void ask(), TYPING_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [id, facility]);
  return known?.id === id ? known : undefined;
}
