import { WifiOff } from 'lucide-preact';
import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { live } from './live.ts';

/** Whether what is listed changes by itself. */
export function LiveSign(): VNode {
  return live.value ? (
    <span class="live">
      <span class="live-dot" aria-hidden="true" />
      {t('worklist.live')}
    </span>
  ) : (
    <span class="live live-lost">
      <WifiOff size={14} aria-hidden="true" />
      {t('worklist.notLive')}
    </span>
  );
}
