import type { AppEnv } from '@filmless/access';
import type { MiddlewareHandler } from 'hono';

/** Only what the viewer needs: its own files, WebAssembly decoders, workers made from blobs, images it drew itself. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  // Positions of overlays and canvases; an attribute can neither load nor run anything.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/*
 * NOTE: no Cross-Origin-Opener-Policy: a HIS that opens studies in one named window would lose it, and browsers complain on
 * plain http. Nothing here needs the isolation it would give.
 */
const HEADERS: readonly (readonly [string, string])[] = [
  ['content-security-policy', CONTENT_SECURITY_POLICY],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  // An address names a study.
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()'],
  ['x-robots-tag', 'noindex, nofollow'],
];

/** Half a year, this host only. */
const STRICT_TRANSPORT = 'max-age=15552000';

export interface SecurityOptions {
  /**
   * Ask browsers to come by TLS only. Not with the local authority's certificate: it counts for every port of the host, and
   * other services there may speak plain http.
   */
  readonly strictTransport: boolean;
}

/** Headers of every answer, errors included; what may be cached says so itself. */
export function securityHeaders(options: SecurityOptions): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    for (const [name, value] of HEADERS) {
      // What others sent comes with a policy of its own, which is stricter.
      if (!headers.has(name)) {
        headers.set(name, value);
      }
    }
    if (options.strictTransport) {
      headers.set('strict-transport-security', STRICT_TRANSPORT);
    }
    if (!headers.has('cache-control')) {
      // Patients' data must not stay in a shared computer's cache.
      headers.set('cache-control', 'private, no-store');
    }
  };
}
