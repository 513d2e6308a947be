import { describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { proxiesOf } from './proxies.ts';

const HEADERS = { 'x-forwarded-for': '203.0.113.9, 10.0.0.7', 'x-forwarded-proto': 'https' };
const seen = (peer: string, options: { readonly insecureHttp: boolean; readonly proxies: readonly string[] }) =>
  clientOf(peer, HEADERS, false, proxiesOf(options));
const THROUGH = { remoteAddress: '10.0.0.7', secure: true };

describe('what a reverse proxy says of its clients', () => {
  it('is believed on this machine where there is one', () => {
    const options = { insecureHttp: true, proxies: [] };
    expect(seen('127.0.0.1', options)).toEqual(THROUGH);
    expect(seen('::ffff:127.0.0.1', options)).toEqual(THROUGH);
    expect(seen('::1', options)).toEqual(THROUGH);
    expect(seen('127.0.0.1', { insecureHttp: false, proxies: [] })).toEqual({ remoteAddress: '127.0.0.1', secure: false });
  });

  it('is believed from those that were named, alone or by their network, and from nobody else', () => {
    const options = { insecureHttp: true, proxies: ['172.30.0.2', '10.1.0.0/16', 'fd00::/8'] };
    expect(seen('172.30.0.2', options)).toEqual(THROUGH);
    expect(seen('::ffff:10.1.2.3', options)).toEqual(THROUGH);
    expect(seen('fd00::5', options)).toEqual(THROUGH);
    expect(seen('172.30.0.3', options)).toEqual({ remoteAddress: '172.30.0.3', secure: false });
    expect(seen('10.2.0.1', options)).toEqual({ remoteAddress: '10.2.0.1', secure: false });
  });
});
