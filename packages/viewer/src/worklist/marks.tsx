import { GitCompareArrows, Share2, TriangleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import type { Study } from '../api/studies.ts';
import type { SessionStore } from '../app/session-store.ts';
import { Badge } from '../design/status.tsx';
import { t } from '../i18n/index.ts';

/** What somebody should know before using a study. */
export function Marks({ study, session }: { readonly study: Study; readonly session: SessionStore }): VNode | null {
  if (study.verified && study.conflicts === 0 && study.sharedWith.length === 0) {
    return null;
  }
  return (
    <span class="study-marks">
      {!study.verified && (
        <Badge kind="warning" title={t('worklist.unverifiedHint')}>
          <TriangleAlert size={13} aria-hidden="true" />
          <span>{t('worklist.unverified')}</span>
        </Badge>
      )}
      {study.conflicts > 0 && (
        <Badge kind="danger" title={t('worklist.conflictsHint')}>
          <GitCompareArrows size={13} aria-hidden="true" />
          <span>{t('worklist.conflicts', { count: study.conflicts })}</span>
        </Badge>
      )}
      {study.sharedWith.length > 0 && (
        <Badge title={sharedHint(study, session)}>
          <Share2 size={13} aria-hidden="true" />
          <span>{t('worklist.shared')}</span>
        </Badge>
      )}
    </span>
  );
}

/** To those who own the study: with whom it is shared; to the others: whose it is. */
function sharedHint({ facility, sharedWith }: Study, session: SessionStore): string {
  const own = session.session.value?.facilities.some(({ id }) => id === facility) === true;
  return own
    ? t('worklist.sharedHint', { names: sharedWith.map((id) => session.facilityName(id)).join(', ') })
    : t('worklist.sharedFromHint', { name: session.facilityName(facility) });
}
