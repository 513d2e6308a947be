import type { ComponentChildren, VNode } from 'preact';
import { ON_CONFLICT } from '../api/aes.ts';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { type TextKey, t } from '../i18n/index.ts';
import type { AePartProps } from './ae-dialog.tsx';
import { TLS_MODES } from './ae-form.ts';

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

interface PartProps {
  readonly title: TextKey;
  readonly open: boolean;
  readonly children: ComponentChildren;
}

function Part({ title, open, children }: PartProps): VNode {
  return (
    <details class="ae-part" open={open}>
      <summary>{t(title)}</summary>
      <div class="ae-part-body">{children}</div>
    </details>
  );
}

function Worklist({ form, faults, onChange }: AePartProps): VNode {
  const set = form.modalities !== '' || form.rooms !== '' || form.days !== '';
  return (
    <Part title="aes.worklist" open={set}>
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
    </Part>
  );
}

function Texts({ form, onChange }: AePartProps): VNode {
  const set = form.charsetIn !== '' || form.asciiNames || form.onConflict !== 'ask';
  const charsets = [...new Set([...CHARSETS, ...(form.charsetIn === '' ? [] : [form.charsetIn])])];
  return (
    <Part title="aes.texts" open={set}>
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
    </Part>
  );
}

function charsetName(term: string): string {
  return term === 'ISO_IR 192' ? `${term} (UTF-8)` : term === 'windows-1258' ? `${term} (${t('common.languageVi')})` : term;
}

function Tls({ form, faults, onChange }: AePartProps): VNode {
  return (
    <Part title="aes.tls" open={form.tls !== 'off'}>
      <div class="field-pair">
        <SelectField
          label={t('aes.tlsMode')}
          hint={t(`aes.tlsHint_${form.tls}`)}
          options={TLS_MODES.map((mode) => ({ value: mode, label: t(`aes.tls_${mode}`) }))}
          value={form.tls}
          onText={(value) => onChange({ tls: TLS_MODES.find((mode) => mode === value) ?? 'off' })}
        />
        {form.tls !== 'off' && (
          <TextField
            label={t('aes.certificateName')}
            hint={t('aes.certificateNameHint')}
            spellcheck={false}
            autoComplete="off"
            value={form.certificateName}
            onText={(certificateName) => onChange({ certificateName })}
          />
        )}
      </div>
      {form.tls === 'fingerprint' && (
        <TextField
          label={t('aes.fingerprint')}
          required
          hint={t('aes.fingerprintHint')}
          error={faults.fingerprint}
          spellcheck={false}
          autoComplete="off"
          maxLength={200}
          value={form.fingerprint}
          onText={(fingerprint) => onChange({ fingerprint })}
        />
      )}
    </Part>
  );
}

function Watch({ form, onChange }: AePartProps): VNode {
  return (
    <Part title="aes.watch" open={form.quiet || form.urgent}>
      <Check
        label={t('aes.urgent')}
        note={t('aes.urgentNote')}
        checked={form.urgent}
        onCheck={(urgent) => onChange({ urgent })}
      />
      <Check label={t('aes.quiet')} note={t('aes.quietNote')} checked={form.quiet} onCheck={(quiet) => onChange({ quiet })} />
    </Part>
  );
}
