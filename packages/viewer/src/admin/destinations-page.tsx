import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { Section } from './section.tsx';

export function DestinationsPage(): VNode {
  return (
    <Section title={t('admin.destinations')} intro={t('admin.destinations')}>
      {null}
    </Section>
  );
}
