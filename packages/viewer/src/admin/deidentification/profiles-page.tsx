import './deidentification.css';
import '../rules/rules.css';
import { EyeOff, Plus } from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { type NamedProfile, readProfiles } from '../../api/deidentification.ts';
import { readRules, type WrittenRule } from '../../api/rules.ts';
import { useApp } from '../../app/context.ts';
import { useLoaded } from '../../app/use-loaded.ts';
import { Button } from '../../design/button.tsx';
import { Badge, Empty, Notice } from '../../design/status.tsx';
import { t } from '../../i18n/index.ts';
import { LoadedView, Section } from '../section.tsx';
import { PreviewDialog } from './preview-dialog.tsx';
import { ProfileDialog } from './profile-dialog.tsx';

interface Everything {
  readonly profiles: readonly NamedProfile[];
  readonly rules: readonly WrittenRule[];
}

export function ProfilesPage(): VNode {
  const { client, session } = useApp();
  const [editing, setEditing] = useState<NamedProfile | 'new' | undefined>(undefined);
  const [trying, setTrying] = useState<NamedProfile | undefined>(undefined);
  const loaded = useLoaded('deidentification', async (signal): Promise<Everything> => {
    const [profiles, { rules }] = await Promise.all([readProfiles(client, signal), readRules(client, signal)]);
    return { profiles, rules };
  });
  const add = (
    <Button kind="primary" icon={Plus} onClick={() => setEditing('new')}>
      {t('deidentification.add')}
    </Button>
  );
  return (
    <Section title={t('admin.deidentification')} intro={t('deidentification.intro')} action={add}>
      <Notice kind="warning">{t('deidentification.notPromised')}</Notice>
      <LoadedView loaded={loaded}>
        {({ profiles, rules }) => (
          <>
            {profiles.length === 0 ? (
              <Empty icon={EyeOff} title={t('deidentification.empty')} text={t('deidentification.emptyText')} />
            ) : (
              <ul class="profiles">
                {profiles.map((profile) => (
                  <ProfileCard
                    key={profile.name}
                    profile={profile}
                    rules={rules.filter(({ then }) => then.some(({ deidentify }) => deidentify === profile.name))}
                    {...(session.may('view') ? { onTry: () => setTrying(profile) } : {})}
                    onEdit={() => setEditing(profile)}
                  />
                ))}
              </ul>
            )}
            {editing !== undefined && (
              <ProfileDialog
                profile={editing === 'new' ? undefined : editing}
                names={profiles.map(({ name }) => name)}
                onClose={() => setEditing(undefined)}
                onSaved={() => {
                  setEditing(undefined);
                  loaded.reload();
                }}
              />
            )}
          </>
        )}
      </LoadedView>
      {trying !== undefined && <PreviewDialog profile={trying} onClose={() => setTrying(undefined)} />}
    </Section>
  );
}

interface ProfileCardProps {
  readonly profile: NamedProfile;
  /** Rules that send by it. */
  readonly rules: readonly WrittenRule[];
  readonly onTry?: () => void;
  readonly onEdit: () => void;
}

function ProfileCard({ profile, rules, onTry, onEdit }: ProfileCardProps): VNode {
  const { name, options, shiftDays, regions = [], accept = [], pseudonymPrefix } = profile;
  return (
    <li class="panel profile">
      <div class="profile-body">
        <h2>{name}</h2>
        <p>{options.length === 0 ? t('deidentification.basicOnly') : t('deidentification.basicWith')}</p>
        {options.length > 0 && (
          <ul class="profile-options">
            {options.map((option) => (
              <li key={option}>
                {t(`deidentification.option_${option}`)}
                {option === 'retainModifiedDates' && ` (${t('deidentification.daysAtMost', { count: shiftDays ?? USUAL_DAYS })})`}
              </li>
            ))}
          </ul>
        )}
        <p class="row row-wrap">
          {pseudonymPrefix !== undefined && pseudonymPrefix !== '' && (
            <Badge>{t('deidentification.prefixBadge', { prefix: pseudonymPrefix })}</Badge>
          )}
          {regions.length > 0 && <Badge kind="accent">{t('deidentification.regionsBadge', { count: regions.length })}</Badge>}
          {accept.map((risk) => (
            <Badge key={risk} kind="warning">
              {t(`deidentification.risk_${risk}`)}
            </Badge>
          ))}
        </p>
        <p class="soft">
          {rules.length === 0
            ? t('deidentification.unused')
            : t('deidentification.usedBy', { rules: rules.map((rule) => rule.name).join(', ') })}
        </p>
      </div>
      <div class="profile-buttons">
        {onTry !== undefined && (
          <Button small aria-label={`${t('deidentification.try')}: ${name}`} onClick={onTry}>
            {t('deidentification.try')}
          </Button>
        )}
        <Button small aria-label={`${t('common.edit')} ${name}`} onClick={onEdit}>
          {t('common.edit')}
        </Button>
      </div>
    </li>
  );
}

/** What is taken where a profile does not say. */
const USUAL_DAYS = 3_652;
