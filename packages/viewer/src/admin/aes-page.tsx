import { ListFilter, Lock, Plus, ScanLine } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type Ae, type ListedAe, readAes } from '../api/aes.ts';
import type { OwnAe } from '../api/session.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Button } from '../design/button.tsx';
import { CopyField } from '../design/copy-field.tsx';
import { Badge, Empty, Notice } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { AeDialog } from './ae-dialog.tsx';
import { AeTests } from './ae-tests.tsx';
import { LoadedView, Section } from './section.tsx';

export function AesPage(): VNode {
  const { client, session } = useApp();
  const own = session.session.value?.dicom;
  const [editing, setEditing] = useState<Ae | 'new' | undefined>(undefined);
  const loaded = useLoaded('aes', (signal) => readAes(client, signal));
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEditing('new')}>
      {t('aes.add')}
    </Button>
  );
  return (
    <Section title={t('admin.aes')} intro={t('aes.intro')} action={add}>
      {own !== undefined && <OwnSettings own={own} />}
      <LoadedView loaded={loaded}>
        {(aes) =>
          aes.length === 0 ? (
            <Empty icon={ScanLine} title={t('aes.empty')} text={t('aes.emptyText')} />
          ) : (
            <Machines aes={aes} onEdit={setEditing} />
          )
        }
      </LoadedView>
      {editing !== undefined && (
        <AeDialog
          ae={editing === 'new' ? undefined : editing}
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

/** What somebody at the modality's console has to type. */
function OwnSettings({ own }: { readonly own: OwnAe }): VNode {
  const local = own.host === '127.0.0.1' || own.host === '::1' || own.host === 'localhost';
  const anywhere = own.host === '0.0.0.0' || own.host === '::';
  return (
    <section class="panel own-ae">
      <h2>{t('aes.own')}</h2>
      <p class="soft">{t('aes.ownText')}</p>
      <div class="own-values">
        <CopyField label={t('aes.ownTitle')} value={own.aeTitle} />
        <CopyField label={t('aes.ownHost')} value={anywhere ? location.hostname : own.host} />
        <CopyField label={t('aes.ownPort')} value={String(own.port)} />
        {own.tlsPort !== undefined && <CopyField label={t('aes.ownTlsPort')} value={String(own.tlsPort)} />}
      </div>
      {local && <Notice kind="warning">{t('aes.ownLocal')}</Notice>}
    </section>
  );
}

function Machines({ aes, onEdit }: { readonly aes: readonly ListedAe[]; readonly onEdit: (ae: Ae) => void }): VNode {
  const { session } = useApp();
  return (
    <ul class="machines">
      {aes.map((ae) => (
        <li key={ae.title} class="panel machine">
          <div class="machine-name">
            <strong class="fixed">{ae.title}</strong>
            <span class="soft numeric">{ae.host === undefined ? t('aes.noAddress') : `${ae.host}:${ae.port ?? '–'}`}</span>
          </div>
          <div class="machine-facts">
            <span class="soft">
              {session.facilityName(ae.facility)} · <LastSeen ae={ae} />
            </span>
            <span class="row row-wrap">
              {ae.may.map((permission) => (
                <Badge key={permission} title={t(`aes.mayNote_${permission}`)}>
                  {t(`aes.may_${permission}`)}
                </Badge>
              ))}
              <SettingBadges ae={ae} />
              <SilentBadge ae={ae} />
            </span>
          </div>
          <div class="machine-actions">
            <AeTests ae={ae} />
            <Button small aria-label={`${t('common.edit')} ${ae.title}`} onClick={() => onEdit(ae)}>
              {t('common.edit')}
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}

function LastSeen({ ae }: { readonly ae: ListedAe }): VNode {
  return <span>{ae.lastSeen === null ? t('aes.neverSeen') : t('aes.lastSeen', { at: formatInstant(ae.lastSeen) })}</span>;
}

/** It does not call in hours in which it usually does. */
function SilentBadge({ ae: { silent } }: { readonly ae: ListedAe }): VNode | null {
  return silent === null ? null : (
    <Badge kind="warning" title={t('aes.silentNote', { at: formatInstant(silent.since), count: silent.hours })}>
      {t('aes.badge_silent')}
    </Badge>
  );
}

/** What is set for a machine beside its rights. */
function SettingBadges({ ae }: { readonly ae: Ae }): VNode {
  const { modalities = [], rooms = [], days } = ae.worklist ?? {};
  const limits = [...modalities, ...rooms, ...(days === undefined ? [] : [`±${days}`])].join(', ');
  return (
    <>
      {ae.tls !== undefined && ae.tls !== false && (
        <Badge kind="success">
          <Lock size={12} aria-hidden="true" />
          {t('aes.badge_tls')}
        </Badge>
      )}
      {ae.asciiNames === true && <Badge kind="accent">{t('aes.badge_asciiNames')}</Badge>}
      {limits !== '' && (
        <Badge kind="accent" title={t('aes.badge_worklist')}>
          <ListFilter size={12} aria-hidden="true" />
          {limits}
        </Badge>
      )}
    </>
  );
}
