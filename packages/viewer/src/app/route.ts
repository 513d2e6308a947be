/** The pages of administration; each has an address of its own. */
export type AdminSection =
  | 'users'
  | 'facilities'
  | 'hospital'
  | 'tokens'
  | 'aes'
  | 'connections'
  | 'commitments'
  | 'destinations'
  | 'queues'
  | 'gateway'
  | 'rules'
  | 'deidentification'
  | 'conflicts'
  | 'rejections'
  | 'audit';

/** Pages that belong together, in the order they are offered in. */
export interface AdminGroup {
  readonly name: 'people' | 'machines' | 'sending' | 'records';
  readonly sections: readonly AdminSection[];
}

export const ADMIN_GROUPS: readonly AdminGroup[] = [
  { name: 'people', sections: ['users', 'facilities', 'hospital', 'tokens'] },
  { name: 'machines', sections: ['aes', 'connections', 'commitments'] },
  { name: 'sending', sections: ['rules', 'destinations', 'queues', 'gateway', 'deidentification'] },
  { name: 'records', sections: ['conflicts', 'rejections', 'audit'] },
];

export const ADMIN_SECTIONS: readonly AdminSection[] = ADMIN_GROUPS.flatMap(({ sections }) => sections);

export type Route =
  | { readonly page: 'worklist'; readonly search: string }
  | { readonly page: 'login' }
  | { readonly page: 'setup'; readonly token: string }
  | { readonly page: 'view'; readonly study: string }
  | { readonly page: 'find'; readonly accession: string; readonly patient: string }
  | { readonly page: 'orders'; readonly search: string }
  | { readonly page: 'unmatched' }
  | { readonly page: 'receipts' }
  | { readonly page: 'import' }
  | { readonly page: 'admin'; readonly section: AdminSection; readonly search: string }
  | { readonly page: 'unknown' };

/** Studies without an order. */
export const UNMATCHED = '/orders/unmatched';

/** Studies whose receipt is not complete. */
export const RECEIPTS = '/orders/receipts';

/** Bringing in studies from a disc, a stick or a ZIP archive. */
export const IMPORT = '/import';

/** What an address of the viewer shows. `url` is a path with its search part. */
export function routeOf(url: string): Route {
  const { pathname, search, searchParams } = new URL(url, 'http://viewer');
  const path = pathname.replace(/\/+$/, '');
  switch (path) {
    case '':
      return { page: 'worklist', search };
    case '/login':
      return { page: 'login' };
    case '/setup':
      return { page: 'setup', token: searchParams.get('token') ?? '' };
    case '/view':
      return viewOf(searchParams);
    case '/orders':
      return { page: 'orders', search };
    case UNMATCHED:
      return { page: 'unmatched' };
    case RECEIPTS:
      return { page: 'receipts' };
    case IMPORT:
      return { page: 'import' };
    case '/admin':
      return { page: 'admin', section: 'users', search };
    default:
      return adminOf(path, search);
  }
}

/** Links from a HIS may write `study` or `accession` in any case. */
function viewOf(parameters: URLSearchParams): Route {
  const byName = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const study = byName.get('study') ?? byName.get('studyinstanceuid') ?? '';
  const accession = byName.get('accession') ?? byName.get('accessionnumber') ?? '';
  if (study !== '') {
    return { page: 'view', study };
  }
  const patient = byName.get('patient') ?? byName.get('patientid') ?? '';
  return accession === '' ? { page: 'unknown' } : { page: 'find', accession, patient };
}

function adminOf(path: string, search: string): Route {
  const section = ADMIN_SECTIONS.find((known) => path === `/admin/${known}`);
  return section === undefined ? { page: 'unknown' } : { page: 'admin', section, search };
}

export function studyUrl(studyInstanceUid: string): string {
  return `/view?study=${encodeURIComponent(studyInstanceUid)}`;
}

export function adminUrl(section: AdminSection): string {
  return `/admin/${section}`;
}
