import type { VNode } from 'preact';
import { t } from '../i18n/index.ts';
import { Section } from './section.tsx';

export function QueuesPage({ search }: { readonly search: string }): VNode {
  return (
    <Section title={t('admin.queues')} intro={search}>
      {null}
    </Section>
  );
}
