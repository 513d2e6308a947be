import type { VNode } from 'preact';
import type { Commitment, CommitmentState } from '../api/commitments.ts';
import { Badge, type BadgeProps } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

const KINDS: Readonly<Record<CommitmentState, NonNullable<BadgeProps['kind']>>> = {
  asked: 'accent',
  checked: 'accent',
  reported: 'success',
  aside: 'danger',
};

export function CommitmentBadge({ state }: { readonly state: CommitmentState }): VNode {
  return (
    <Badge kind={KINDS[state]} title={t(`commitment.hint_${state}`)}>
      {t(`commitment.state_${state}`)}
    </Badge>
  );
}

/** `47 of 48 kept`, marked when one is missing: the machine must not delete it. */
export function CommitmentCount({ commitment }: { readonly commitment: Commitment }): VNode {
  const { asked, granted, refused } = commitment;
  if (granted === null) {
    return <span class="soft">{t('commitment.asked', { count: asked })}</span>;
  }
  const missing = refused !== null && refused > 0;
  return (
    <span class="row row-wrap">
      {t('commitment.granted', { granted, asked })}
      {missing && <Badge kind="warning">{t('commitment.missing', { count: refused })}</Badge>}
    </span>
  );
}
