import type { VNode } from 'preact';
import type { WebDestination } from '../api/destinations.ts';
import { Check, TextAreaField, TextField } from '../design/field.tsx';
import { t } from '../i18n/index.ts';
import type { DestinationAddressProps } from './destination-address.tsx';
import { FormPart } from './form-part.tsx';
import { TlsFields } from './tls-fields.tsx';

/** A token or a certificate to be shown there: typed, and never seen again. */
export function DestinationSecret(props: DestinationAddressProps): VNode {
  const { form, faults, before, onChange } = props;
  const known = keptOf(props);
  const site = form.kind === 'filmless' ? 'filmless' : 'dicomweb';
  const moved = before !== undefined && 'url' in before && before.url !== form.url.trim() && before.hasToken;
  return (
    <>
      <TextField
        label={t(`destinations.token_${site}`)}
        type="password"
        autoComplete="new-password"
        spellcheck={false}
        disabled={form.withoutToken && known?.hasToken === true}
        hint={t(
          moved
            ? 'destinations.tokenMoved'
            : known?.hasToken === true
              ? 'destinations.tokenKept'
              : `destinations.tokenHint_${site}`,
        )}
        error={faults.token}
        value={form.token}
        onText={(token) => onChange({ token })}
      />
      {known?.hasToken === true && (
        <Check
          label={t('destinations.tokenRemove')}
          checked={form.withoutToken}
          onCheck={(withoutToken) => onChange({ withoutToken, token: '' })}
        />
      )}
      {form.kind === 'filmless' && (
        <Check
          label={t('destinations.relay')}
          note={t('destinations.relayNote')}
          checked={form.relay}
          onCheck={(relay) => onChange({ relay })}
        />
      )}
      <Certificates {...props} />
    </>
  );
}

/** What is kept while the address stays: at another one it would be shown to somebody else. */
function keptOf({ before, form }: DestinationAddressProps): WebDestination | undefined {
  return before !== undefined && 'url' in before && before.url === form.url.trim() ? before : undefined;
}

function Certificates(props: DestinationAddressProps): VNode {
  const { form, faults, onChange } = props;
  const known = keptOf(props)?.hasClientCertificate === true;
  const tls = { ...form, tls: form.tls === 'fingerprint' ? ('fingerprint' as const) : ('authority' as const) };
  const open = form.tls === 'fingerprint' || form.certificateName !== '' || known;
  return (
    <div class="ae-settings">
      <FormPart title={t('destinations.certificates')} open={open}>
        <TlsFields
          form={tls}
          modes={['authority', 'fingerprint']}
          hint={t(`destinations.webTlsHint_${tls.tls}`)}
          fault={faults.fingerprint}
          onChange={onChange}
        />
        <p class="soft">{t(known ? 'destinations.certificateKept' : 'destinations.certificateText')}</p>
        {known && (
          <Check
            label={t('destinations.certificateRemove')}
            checked={form.withoutCertificate}
            onCheck={(withoutCertificate) => onChange({ withoutCertificate, certificate: '', key: '' })}
          />
        )}
        {!form.withoutCertificate && (
          <div class="field-pair">
            <TextAreaField
              label={t('destinations.certificate')}
              placeholder="-----BEGIN CERTIFICATE-----"
              error={faults.certificate}
              value={form.certificate}
              onText={(certificate) => onChange({ certificate })}
            />
            <TextAreaField
              label={t('destinations.key')}
              placeholder="-----BEGIN PRIVATE KEY-----"
              error={faults.key}
              value={form.key}
              onText={(key) => onChange({ key })}
            />
          </div>
        )}
      </FormPart>
    </div>
  );
}
