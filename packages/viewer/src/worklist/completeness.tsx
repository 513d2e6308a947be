import { CircleAlert } from 'lucide-preact';
import type { VNode } from 'preact';
import type { Study } from '../api/studies.ts';
import { t } from '../i18n/index.ts';
import { completenessOf } from './words.ts';

/** Beside the number of images: that more are coming, or that some are missing. Nothing while all is well. */
export function CompletenessSign({ study }: { readonly study: Study }): VNode | null {
  const words = completenessOf(study);
  if (words === '') {
    return null;
  }
  return study.completeness?.state === 'arriving' ? (
    <span class="arriving">
      <span class="arriving-dot" aria-hidden="true" />
      {words}
    </span>
  ) : (
    <span class="incomplete">
      <CircleAlert size={13} aria-hidden="true" />
      {words}
    </span>
  );
}

/** What it means, and what to do. */
export function completenessHint({ completeness }: Study): string {
  switch (completeness?.state) {
    case 'arriving':
      return t('worklist.arrivingHint');
    case 'incomplete':
      return t('worklist.incompleteHint');
    default:
      return '';
  }
}
