import type { VNode } from 'preact';
import { DESTINATION_KINDS, type Destination } from '../api/destinations.ts';
import { Check, SelectField, TextField } from '../design/field.tsx';
import { Notice } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { TLS_MODES } from './ae-form.ts';
import type { DestinationPartProps } from './destination-dialog.tsx';
import { DestinationSecret } from './destination-secret.tsx';
import { FormPart } from './form-part.tsx';
import { TlsFields } from './tls-fields.tsx';

export interface DestinationAddressProps extends DestinationPartProps {
  /** Undefined for a new one. */
  readonly before: Destination | undefined;
}

/** What kind it is, what it is called, and where it is. */
export function DestinationAddress(props: DestinationAddressProps): VNode {
  const { form, faults, before, onChange } = props;
  return (
    <>
      <div class="field-pair">
        <SelectField
          label={t('destinations.kind')}
          hint={t(`destinations.kindHint_${form.kind}`)}
          options={DESTINATION_KINDS.map((kind) => ({ value: kind, label: t(`destinations.kind_${kind}`) }))}
          value={form.kind}
          onText={(value) => onChange({ kind: DESTINATION_KINDS.find((kind) => kind === value) ?? 'dicom' })}
        />
        <TextField
          label={t('destinations.id')}
          required
          autoFocus={before === undefined}
          disabled={before !== undefined}
          maxLength={64}
          spellcheck={false}
          autoComplete="off"
          hint={t('destinations.idHint')}
          error={faults.id}
          value={form.id}
          onText={(id) => onChange({ id })}
        />
      </div>
      {form.kind === 'dicom' ? (
        <NodeFields {...props} />
      ) : form.kind === 'folder' ? (
        <FolderFields {...props} />
      ) : (
        <WebFields {...props} />
      )}
    </>
  );
}

function NodeFields({ form, faults, onChange }: DestinationPartProps): VNode {
  return (
    <>
      <div class="field-trio">
        <TextField
          label={t('aes.title')}
          required
          maxLength={16}
          spellcheck={false}
          autoComplete="off"
          error={faults.aeTitle}
          value={form.aeTitle}
          onText={(aeTitle) => onChange({ aeTitle })}
        />
        <TextField
          label={t('aes.host')}
          required
          spellcheck={false}
          autoComplete="off"
          error={faults.host}
          value={form.host}
          onText={(host) => onChange({ host })}
        />
        <TextField
          label={t('aes.port')}
          required
          inputMode="numeric"
          autoComplete="off"
          placeholder="104"
          error={faults.port}
          value={form.port}
          onText={(port) => onChange({ port })}
        />
      </div>
      <Check
        label={t('destinations.commitment')}
        note={t('destinations.commitmentNote')}
        checked={form.commitment}
        onCheck={(commitment) => onChange({ commitment })}
      />
      <div class="ae-settings">
        <FormPart title={t('destinations.nodeMore')} open={form.tls !== 'off' || form.callingAe !== ''}>
          <TextField
            label={t('destinations.callingAe')}
            hint={t('destinations.callingAeHint')}
            maxLength={16}
            spellcheck={false}
            autoComplete="off"
            error={faults.callingAe}
            value={form.callingAe}
            onText={(callingAe) => onChange({ callingAe })}
          />
          <TlsFields
            form={form}
            modes={TLS_MODES}
            hint={t(`destinations.tlsHint_${form.tls}`)}
            fault={faults.fingerprint}
            onChange={onChange}
          />
        </FormPart>
      </div>
    </>
  );
}

function WebFields(props: DestinationAddressProps): VNode {
  const { form, faults, onChange } = props;
  return (
    <>
      <TextField
        label={t('destinations.url')}
        required
        spellcheck={false}
        autoComplete="off"
        maxLength={2000}
        hint={t(`destinations.urlHint_${form.kind === 'filmless' ? 'filmless' : 'dicomweb'}`)}
        error={faults.url}
        value={form.url}
        onText={(url) => onChange({ url })}
      />
      {/^http:/i.test(form.url) && <Notice kind="warning">{t('destinations.urlClear')}</Notice>}
      <DestinationSecret {...props} />
    </>
  );
}

function FolderFields({ form, faults, onChange }: DestinationPartProps): VNode {
  return (
    <div class="field-pair">
      <TextField
        label={t('destinations.path')}
        required
        spellcheck={false}
        autoComplete="off"
        hint={t('destinations.pathHint')}
        error={faults.path}
        value={form.path}
        onText={(path) => onChange({ path })}
      />
      <SelectField
        label={t('destinations.names')}
        hint={t(`destinations.namesHint_${form.names}`)}
        options={(['hashed', 'uids'] as const).map((value) => ({ value, label: t(`destinations.names_${value}`) }))}
        value={form.names}
        onText={(value) => onChange({ names: value === 'uids' ? 'uids' : 'hashed' })}
      />
    </div>
  );
}
