import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Facility } from '../api/facilities.ts';
import { removeShare, type Share } from '../api/shares.ts';
import { useApp } from '../app/context.ts';
import { useSending } from '../app/use-sending.ts';
import { Button } from '../design/button.tsx';
import { Confirm } from '../design/dialog.tsx';
import { toast } from '../design/toast.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t, textOf } from '../i18n/index.ts';

export interface ShareListProps {
  readonly studyInstanceUid: string;
  readonly shares: readonly Share[];
  readonly facilities: readonly Facility[];
  readonly onChanged: () => void;
}

/** With whom a study is shared now, and the way to take it back. */
export function ShareList({ studyInstanceUid, shares, facilities, onChanged }: ShareListProps): VNode {
  const { client } = useApp();
  const sending = useSending();
  const [revoking, setRevoking] = useState<Share | undefined>(undefined);
  const nameOf = (id: string) => facilities.find((facility) => facility.id === id)?.name ?? id;
  const revoke = async ({ facility }: Share) => {
    if (await sending.run(() => removeShare(client, studyInstanceUid, facility))) {
      toast('success', t('share.revoked', { name: nameOf(facility) }));
      setRevoking(undefined);
      onChanged();
    }
  };
  return (
    <section class="stack stack-tight">
      <h3>{t('share.current')}</h3>
      {shares.length === 0 && <p class="faint">{t('share.none')}</p>}
      <ul class="shares">
        {shares.map((share) => (
          <li key={share.facility}>
            <div class="grow">
              <strong>{nameOf(share.facility)}</strong>
              <span class="soft">{`${textOf('share', `basis_${share.basis}`) ?? share.basis}: ${share.evidence}`}</span>
              <span class="faint">
                {[expiryOf(share), share.by === '' ? '' : t('share.by', { name: share.by })].filter(Boolean).join(' · ')}
              </span>
            </div>
            <Button small onClick={() => setRevoking(share)}>
              {t('share.revoke')}
            </Button>
          </li>
        ))}
      </ul>
      {revoking !== undefined && (
        <Confirm
          title={t('share.revokeTitle')}
          text={t('share.revokeText', { name: nameOf(revoking.facility) })}
          action={t('share.revoke')}
          busy={sending.busy}
          problem={sending.problem}
          onConfirm={() => void revoke(revoking)}
          onClose={() => setRevoking(undefined)}
        />
      )}
    </section>
  );
}

function expiryOf({ expiresAt }: Share): string {
  return expiresAt === null ? t('share.untilRevoked') : t('share.until', { date: formatInstant(expiresAt) });
}
