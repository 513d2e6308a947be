import type { Right } from '../api/session.ts';
import { ADMIN_GROUPS, ADMIN_SECTIONS, type AdminGroup, type AdminSection } from './route.ts';

/** Which right each page of administration needs. */
const NEEDS: Readonly<Record<AdminSection, Right>> = {
  users: 'administer',
  facilities: 'administer',
  hospital: 'administer',
  aes: 'administer',
  connections: 'administer',
  commitments: 'administer',
  destinations: 'administer',
  queues: 'administer',
  gateway: 'administer',
  rules: 'administer',
  deidentification: 'administer',
  conflicts: 'edit',
  rejections: 'edit',
  tokens: 'administer',
  audit: 'administer',
};

interface Rights {
  may(right: Right): boolean;
  /** Whether this server is the gateway of a site: only then it has that page. */
  isGateway(): boolean;
}

function isOffered(section: AdminSection, rights: Rights): boolean {
  return rights.may(NEEDS[section]) && (section !== 'gateway' || rights.isGateway());
}

/** The pages of administration that somebody may open. */
export function adminSections(rights: Rights): readonly AdminSection[] {
  return ADMIN_SECTIONS.filter((section) => isOffered(section, rights));
}

/** The same in their groups; none without a page. */
export function adminGroups(rights: Rights): readonly AdminGroup[] {
  return ADMIN_GROUPS.map(({ name, sections }) => ({
    name,
    sections: sections.filter((section) => isOffered(section, rights)),
  })).filter(({ sections }) => sections.length > 0);
}

export function firstAdminSection(rights: Rights): AdminSection | undefined {
  return adminSections(rights)[0];
}
