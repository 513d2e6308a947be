import './admin.css';
import './admin-nav.css';
import {
  Building2,
  Cable,
  ChevronDown,
  EyeOff,
  FileX2,
  GitCompareArrows,
  Hospital,
  KeyRound,
  Layers,
  Lock,
  type LucideIcon,
  RadioTower,
  Route,
  ScanLine,
  ScrollText,
  Send,
  ShieldCheck,
  UsersRound,
} from 'lucide-preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useApp } from '../app/context.ts';
import { Link } from '../app/link.tsx';
import { adminGroups, adminSections } from '../app/may.ts';
import { type AdminSection, adminUrl } from '../app/route.ts';
import { Empty } from '../design/status.tsx';
import { t } from '../i18n/index.ts';
import { AesPage } from './aes-page.tsx';
import { AuditPage } from './audit-page.tsx';
import { CommitmentsPage } from './commitments-page.tsx';
import { ConflictsPage } from './conflicts-page.tsx';
import { ConnectionsPage } from './connections-page.tsx';
import { ProfilesPage } from './deidentification/profiles-page.tsx';
import { DestinationsPage } from './destinations-page.tsx';
import { FacilitiesPage } from './facilities-page.tsx';
import { GatewayPage } from './gateway-page.tsx';
import { HospitalPage } from './hospital-page.tsx';
import { QueuesPage } from './queues-page.tsx';
import { RejectionsPage } from './rejections-page.tsx';
import { RulesPage } from './rules/rules-page.tsx';
import { TokensPage } from './tokens-page.tsx';
import { UsersPage } from './users-page.tsx';

const ICONS: Readonly<Record<AdminSection, LucideIcon>> = {
  users: UsersRound,
  facilities: Building2,
  hospital: Hospital,
  aes: ScanLine,
  connections: Cable,
  commitments: ShieldCheck,
  destinations: Send,
  queues: Layers,
  gateway: RadioTower,
  rules: Route,
  deidentification: EyeOff,
  conflicts: GitCompareArrows,
  rejections: FileX2,
  tokens: KeyRound,
  audit: ScrollText,
};

/** Administration: one page for each thing that is looked after. */
export function AdminPage({ section, search }: { readonly section: AdminSection; readonly search: string }): VNode {
  const { session } = useApp();
  return (
    <div class="admin">
      <Pages key={section} section={section} />
      <div class="admin-content">{adminSections(session).includes(section) ? contentOf(section, search) : <Forbidden />}</div>
    </div>
  );
}

/** All pages in their groups; on a narrow screen folded under the name of the one that is open. */
function Pages({ section }: { readonly section: AdminSection }): VNode {
  const { session } = useApp();
  const [open, setOpen] = useState(false);
  const Here = ICONS[section];
  return (
    <nav class={`admin-nav${open ? ' admin-nav-open' : ''}`} aria-label={t('admin.sections')}>
      <button
        type="button"
        class="admin-nav-fold"
        aria-expanded={open}
        aria-controls="admin-pages"
        onClick={() => setOpen(!open)}
      >
        <Here size={18} aria-hidden="true" />
        <span class="grow">{t(`admin.${section}`)}</span>
        <ChevronDown size={18} aria-hidden="true" />
      </button>
      <div id="admin-pages" class="admin-nav-groups">
        {adminGroups(session).map(({ name, sections }) => (
          <section key={name} aria-labelledby={`admin-group-${name}`}>
            <h2 id={`admin-group-${name}`}>{t(`admin.group_${name}`)}</h2>
            {sections.map((entry) => {
              const Icon = ICONS[entry];
              return (
                <Link key={entry} href={adminUrl(entry)} aria-current={entry === section ? 'page' : undefined}>
                  <Icon size={18} aria-hidden="true" />
                  {t(`admin.${entry}`)}
                </Link>
              );
            })}
          </section>
        ))}
      </div>
    </nav>
  );
}

function contentOf(section: AdminSection, search: string): VNode {
  switch (section) {
    case 'users':
      return <UsersPage />;
    case 'facilities':
      return <FacilitiesPage />;
    case 'hospital':
      return <HospitalPage />;
    case 'aes':
      return <AesPage />;
    case 'connections':
      return <ConnectionsPage search={search} />;
    case 'commitments':
      return <CommitmentsPage />;
    case 'destinations':
      return <DestinationsPage />;
    case 'queues':
      return <QueuesPage search={search} />;
    case 'gateway':
      return <GatewayPage />;
    case 'rules':
      return <RulesPage search={search} />;
    case 'deidentification':
      return <ProfilesPage />;
    case 'conflicts':
      return <ConflictsPage />;
    case 'rejections':
      return <RejectionsPage />;
    case 'tokens':
      return <TokensPage />;
    case 'audit':
      return <AuditPage search={search} />;
  }
}

function Forbidden(): VNode {
  return <Empty icon={Lock} title={t('common.forbiddenTitle')} text={t('common.forbiddenText')} />;
}
