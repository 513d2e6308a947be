import type { AppEnv } from '@filmless/access';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { securityHeaders } from './security-headers.ts';

describe('headers of every answer', () => {
  const app = new Hono<AppEnv>();
  app.use('*', securityHeaders({ strictTransport: false }));
  app.get('/sandboxed', (c) => c.body('', 200, { 'content-security-policy': "default-src 'none'; sandbox" }));
  app.get('/plain', (c) => c.body(''));

  it('leave a policy that a route has set for what others sent', async () => {
    const { headers } = await app.request('/sandboxed');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  it('have the policy of the viewer where a route says nothing', async () => {
    const { headers } = await app.request('/plain');
    expect(headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
  });
});
