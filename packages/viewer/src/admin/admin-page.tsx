import './admin.css';
import {
  Building2,
  Cable,
  GitCompareArrows,
  KeyRound,
  Lock,
  type LucideIcon,
  ScanLine,
  ScrollText,
  ShieldCheck,
  UsersRound,
} from 'lucide-preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { adminSections } from '../app/may.ts';
import { type AdminSection, adminUrl } from '../app/route.ts';
import { Empty } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { AesPage } from './aes-page.tsx';
import { AuditPage } from './audit-page.tsx';
import { CommitmentsPage } from './commitments-page.tsx';
import { ConflictsPage } from './conflicts-page.tsx';
import { ConnectionsPage } from './connections-page.tsx';
import { FacilitiesPage } from './facilities-page.tsx';
import { TokensPage } from './tokens-page.tsx';
import { UsersPage } from './users-page.tsx';

const ICONS: Readonly<Record<AdminSection, LucideIcon>> = {
  users: UsersRound,
  facilities: Building2,
  aes: ScanLine,
  connections: Cable,
  commitments: ShieldCheck,
  conflicts: GitCompareArrows,
  tokens: KeyRound,
  audit: ScrollText,
};

/** Administration: one page for each thing that is looked after. */
export function AdminPage({ section, search }: { readonly section: AdminSection; readonly search: string }): VNode {
  const { session } = useApp();
  const sections = adminSections(session);
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the row of pages is longer than the screen.
  useEffect(
    () => nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    [section],
  );
  return (
    <div class="admin">
      <nav ref={nav} class="admin-nav" aria-label={t('admin.sections')}>
        {sections.map((entry) => {
          const Icon = ICONS[entry];
          return (
            <Link key={entry} href={adminUrl(entry)} aria-current={entry === section ? 'page' : undefined}>
              <Icon size={18} aria-hidden="true" />
              {t(`admin.${entry}`)}
            </Link>
          );
        })}
      </nav>
      <div class="admin-content">{sections.includes(section) ? contentOf(section, search) : <Forbidden />}</div>
    </div>
  );
}

function contentOf(section: AdminSection, search: string): VNode {
  switch (section) {
    case 'users':
      return <UsersPage />;
    case 'facilities':
      return <FacilitiesPage />;
    case 'aes':
      return <AesPage />;
    case 'connections':
      return <ConnectionsPage search={search} />;
    case 'commitments':
      return <CommitmentsPage />;
    case 'conflicts':
      return <ConflictsPage />;
    case 'tokens':
      return <TokensPage />;
    case 'audit':
      return <AuditPage search={search} />;
  }
}

function Forbidden(): VNode {
  return <Empty icon={Lock} title={t('common.forbiddenTitle')} text={t('common.forbiddenText')} />;
}
