import type { VNode } from 'preact';
import { ON_CONFLICT } from '../api/aes.ts';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import type { AePartProps } from './ae-dialog.tsx';
import { TLS_MODES } from './ae-form.ts';
import { FormPart } from './form-part.tsx';
import { TlsFields } from './tls-fields.tsx';

/** Character sets that machines here write without saying so, or say wrongly. PS3.3 C.12.1.1.2, and the code pages of older ones. */
const CHARSETS: readonly string[] = [
  'ISO_IR 192',
  'windows-1258',
  'windows-1252',
  'ISO_IR 100',
  'ISO_IR 13',
  'ISO 2022 IR 149',
  'GB18030',
  'ISO_IR 144',
  'ISO_IR 166',
];

/** What is rarely needed, each part folded away until something of it is set. */
export function AeSettings(props: AePartProps): VNode {
  return (
    <div class="ae-settings">
      <Worklist {...props} />
      <Texts {...props} />
      <Tls {...props} />
      <Watch {...props} />
    </div>
  );
}

function Worklist({ form, faults, onChange }: AePartProps): VNode {
  const set = form.modalities !== '' || form.rooms !== '' || form.days !== '';
  return (
    <FormPart title={t('aes.worklist')} open={set}>
      <p class="soft">{t('aes.worklistText')}</p>
      <div class="field-trio">
        <TextField
          label={t('aes.modalities')}
          hint={t('aes.modalitiesHint')}
          error={faults.modalities}
          spellcheck={false}
          autoComplete="off"
          value={form.modalities}
          onText={(modalities) => onChange({ modalities })}
        />
        <TextField
          label={t('aes.rooms')}
          hint={t('aes.roomsHint')}
          error={faults.rooms}
          spellcheck={false}
          autoComplete="off"
          value={form.rooms}
          onText={(rooms) => onChange({ rooms })}
        />
        <TextField
          label={t('aes.days')}
          hint={t('aes.daysHint')}
          error={faults.days}
          inputMode="numeric"
          autoComplete="off"
          value={form.days}
          onText={(days) => onChange({ days })}
        />
      </div>
    </FormPart>
  );
}

function Texts({ form, onChange }: AePartProps): VNode {
  const set = form.charsetIn !== '' || form.asciiNames || form.onConflict !== 'ask';
  const charsets = [...new Set([...CHARSETS, ...(form.charsetIn === '' ? [] : [form.charsetIn])])];
  return (
    <FormPart title={t('aes.texts')} open={set}>
      <div class="field-pair">
        <SelectField
          label={t('aes.charsetIn')}
          hint={t('aes.charsetInHint')}
          options={[
            { value: '', label: t('aes.charsetAsSaid') },
            ...charsets.map((term) => ({ value: term, label: charsetName(term) })),
          ]}
          value={form.charsetIn}
          onText={(charsetIn) => onChange({ charsetIn })}
        />
        <SelectField
          label={t('aes.onConflict')}
          hint={t('aes.onConflictHint')}
          options={ON_CONFLICT.map((rule) => ({ value: rule, label: t(`aes.onConflict_${rule}`) }))}
          value={form.onConflict}
          onText={(value) => onChange({ onConflict: ON_CONFLICT.find((rule) => rule === value) ?? 'ask' })}
        />
      </div>
      <Check
        label={t('aes.asciiNames')}
        note={t('aes.asciiNamesNote')}
        checked={form.asciiNames}
        onCheck={(asciiNames) => onChange({ asciiNames })}
      />
    </FormPart>
  );
}

function charsetName(term: string): string {
  return term === 'ISO_IR 192' ? `${term} (UTF-8)` : term === 'windows-1258' ? `${term} (${t('common.languageVi')})` : term;
}

function Tls({ form, faults, onChange }: AePartProps): VNode {
  return (
    <FormPart title={t('aes.tls')} open={form.tls !== 'off'}>
      <TlsFields
        form={form}
        modes={TLS_MODES}
        hint={t(`aes.tlsHint_${form.tls}`)}
        fault={faults.fingerprint}
        onChange={onChange}
      />
    </FormPart>
  );
}

function Watch({ form, onChange }: AePartProps): VNode {
  return (
    <FormPart title={t('aes.watch')} open={form.quiet || form.urgent}>
      <Check
        label={t('aes.urgent')}
        note={t('aes.urgentNote')}
        checked={form.urgent}
        onCheck={(urgent) => onChange({ urgent })}
      />
      <Check label={t('aes.quiet')} note={t('aes.quietNote')} checked={form.quiet} onCheck={(quiet) => onChange({ quiet })} />
    </FormPart>
  );
}
