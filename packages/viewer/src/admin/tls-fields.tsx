import type { VNode } from 'preact';
import { SelectField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';

type TlsMode = 'off' | 'authority' | 'fingerprint';

interface TlsForm {
  readonly tls: TlsMode;
  readonly fingerprint: string;
  readonly certificateName: string;
}

export interface TlsFieldsProps {
  readonly form: TlsForm;
  readonly modes: readonly TlsMode[];
  /** What each mode means for the other side. */
  readonly hint: string;
  readonly fault: string | undefined;
  readonly onChange: (part: Partial<TlsForm>) => void;
}

/** Whether the other side is spoken to by TLS, and how it is known. */
export function TlsFields({ form, modes, hint, fault, onChange }: TlsFieldsProps): VNode {
  return (
    <>
      <div class="field-pair">
        <SelectField
          label={t('aes.tlsMode')}
          hint={hint}
          options={modes.map((mode) => ({ value: mode, label: t(`aes.tls_${mode}`) }))}
          value={form.tls}
          onText={(value) => onChange({ tls: modes.find((mode) => mode === value) ?? 'off' })}
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
          error={fault}
          spellcheck={false}
          autoComplete="off"
          maxLength={200}
          value={form.fingerprint}
          onText={(fingerprint) => onChange({ fingerprint })}
        />
      )}
    </>
  );
}
