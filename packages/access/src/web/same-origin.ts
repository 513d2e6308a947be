/**
 * A browser shows its cookie (and a remembered Basic password) for any page that asks. So a change must come from our own
 * page: as the browser says itself (Sec-Fetch-Site), or, where it does not say so (plain http), by the Origin.
 */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a foreign page can send without asking first. Fetch standard, "CORS-safelisted request-header". */
const FORM_TYPES: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);

export interface OriginFacts {
  readonly method: string;
  readonly host: string | undefined;
  /** True over TLS. */
  readonly secure: boolean;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
}

/** Why a request may not be trusted to be the user's own, undefined when it may. */
export function foreignRequest(facts: OriginFacts): string | undefined {
  if (SAFE_METHODS.has(facts.method)) {
    return undefined;
  }
  if (facts.contentType !== undefined && FORM_TYPES.has((facts.contentType.split(';')[0] ?? '').trim().toLowerCase())) {
    return 'Changes are not taken from forms. Send application/json.';
  }
  if (facts.fetchSite !== undefined) {
    return facts.fetchSite === 'same-origin' || facts.fetchSite === 'none' ? undefined : 'This change comes from another site.';
  }
  if (facts.origin === undefined) {
    // No browser of today: a script that holds a session.
    return undefined;
  }
  return isOwnOrigin(facts.origin, facts) ? undefined : 'This change comes from another site.';
}

/**
 * Whether a page is one of ours. Over TLS, a page that came without is not: anybody on the line may have written it. RFC 6454 5. The other way
 * round it may be: a proxy that does TLS need not say so.
 */
export function isOwnOrigin(origin: string, { host, secure }: Pick<OriginFacts, 'host' | 'secure'>): boolean {
  if (!URL.canParse(origin)) {
    return false;
  }
  const page = new URL(origin);
  return page.host === host?.toLowerCase() && (!secure || page.protocol === 'https:');
}
