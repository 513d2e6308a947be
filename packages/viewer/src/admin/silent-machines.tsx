import type { VNode } from 'preact';
import { readAes } from '../api/aes.ts';
import { useApp } from '../app/context.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { Notice } from '../design/status.tsx';
import { formatInstant } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';

/** Machines that do not send in hours in which they usually do. */
export function SilentMachines(): VNode | null {
  const { client } = useApp();
  const loaded = useLoaded('silent', (signal) => readAes(client, signal));
  const listed = loaded.value ?? [];
  const silent = listed.flatMap((ae) => (ae.silent === null ? [] : [{ title: ae.title, ...ae.silent }]));
  if (silent.length === 0) {
    return null;
  }
  const usual = listed.filter((ae) => ae.lastSeen !== null && ae.quiet !== true);
  return (
    <Notice kind="warning">
      <p>
        <strong>{t('connections.silent', { count: silent.length })}</strong>{' '}
        {silent.length === usual.length && silent.length > 1 ? t('connections.silentAll') : t('connections.silentText')}
      </p>
      <ul class="silent-machines">
        {silent.map(({ title, since, hours }) => (
          <li key={title}>
            <strong class="fixed">{title}</strong> {t('connections.silentSince', { at: formatInstant(since), count: hours })}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
