import { describe, expect, it } from 'vitest';
import { foreignRequest, type OriginFacts } from './same-origin.ts';

const facts = (more: Partial<OriginFacts>): OriginFacts => ({
  method: 'POST',
  host: 'pacs.local:8080',
  secure: false,
  origin: undefined,
  fetchSite: undefined,
  contentType: 'application/json',
  ...more,
});

describe('a request that a browser sends with its cookie', () => {
  it.each([
    ['reads, from anywhere: links from a HIS work', { method: 'GET', fetchSite: 'cross-site' }],
    ['changes, from our own page', { fetchSite: 'same-origin' }],
    ['changes, typed by the user', { fetchSite: 'none' }],
    ['changes, over plain http from our own page', { origin: 'http://pacs.local:8080' }],
    ['changes, behind a proxy that does TLS', { origin: 'https://pacs.local:8080' }],
    ['changes, over TLS from our own page', { secure: true, origin: 'https://pacs.local:8080' }],
    ['changes, from a script that is no browser', {}],
    ['uploads', { contentType: 'multipart/related; type="application/dicom"; boundary=x', fetchSite: 'same-origin' }],
  ])('is taken when it %s', (_, more) => {
    expect(foreignRequest(facts(more))).toBeUndefined();
  });

  it.each([
    ['another site', { fetchSite: 'cross-site' }],
    ['a neighbour under the same domain', { fetchSite: 'same-site' }],
    ['another origin over plain http', { origin: 'http://evil.example' }],
    ['our own address without TLS, which anybody on the line may answer', { secure: true, origin: 'http://pacs.local:8080' }],
    ['another port of the same host', { origin: 'http://pacs.local:9999' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['an origin that is none', { origin: 'pacs.local:8080' }],
    ['a browser without a Host', { origin: 'http://pacs.local:8080', host: undefined }],
    ['a form, which any page can send', { contentType: 'text/plain;charset=utf-8', fetchSite: 'same-origin' }],
    ['a form in disguise', { contentType: ' Multipart/Form-Data; boundary=x' }],
  ])('is refused when it comes from %s', (_, more) => {
    expect(foreignRequest(facts(more))).toBeTypeOf('string');
  });
});
