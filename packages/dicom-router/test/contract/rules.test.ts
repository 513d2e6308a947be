import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Destination } from '../../src/index.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';

const destination = (id: string): Destination => ({
  kind: 'dicom',
  id,
  aeTitle: id.toUpperCase(),
  host: '127.0.0.1',
  port: 1,
  enabled: false,
});

/** A computed name, for an object that is no promise. */
const THEN = 'then';

const RULES = 'rules:\n  # what the province reads\n  - { name: CT, when: { tags: { Modality: CT } }, then: [{ send: tinh }] }\n';

describe('the routing rules', () => {
  let opened: OpenedRouter;

  beforeEach(async () => {
    opened = await openRouter({ destinations: ['tinh', 'ws1'].map(destination), rules: { document: RULES, linesAbove: 0 } });
  });

  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
  });

  const call = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
    const response = await opened.router.app.request(
      path,
      { method, headers: { authorization: 'Bearer word', ...headers }, ...(body === undefined ? {} : { body }) },
      { remoteAddress: '127.0.0.1', secure: false },
    );
    const { status } = response;
    return { status, etag: response.headers.get('etag'), body: (await response.json()) as Record<string, unknown> };
  };

  it('are taken from the configuration when there were never any, and shown as they were written', async () => {
    const { status, etag, body } = await call('GET', '/api/rules');
    expect({ status, etag }).toEqual({ status: 200, etag: '"1"' });
    expect(body).toMatchObject({ version: 1, by: 'filmless.yaml', document: RULES });
    expect(body.rules).toEqual([
      {
        name: 'CT',
        enabled: true,
        words: { vi: 'Mọi ảnh có Modality là "CT": gửi tới tinh, loại thường.', en: expect.stringContaining('is sent to tinh') },
        rule: JSON.parse(
          '{ "name": "CT", "when": { "tags": { "Modality": ["CT"] } }, "then": [{ "send": { "to": "tinh", "class": "routine" } }] }',
        ),
      },
    ]);
  });

  it('are changed as a whole, with who did it and a version for each', async () => {
    const next = '{ "rules": [{ "name": "all", "then": [{ "send": "ws1" }] }] }';
    expect(await call('PUT', '/api/rules', next, { 'if-match': '"1"' })).toMatchObject({
      status: 200,
      etag: '"2"',
      body: { version: 2, by: 'admin', document: next },
    });
    expect(opened.access.events.at(-1)).toMatchObject({ action: 'rules.change', detail: 'version 2: 1 rules' });
    const { body } = await call('GET', '/api/rules/versions');
    expect(body).toMatchObject({
      versions: [
        { version: 2, by: 'admin' },
        { version: 1, document: RULES },
      ],
      next: null,
    });
  });

  it('are not overwritten by who has not seen the last change', async () => {
    await call('PUT', '/api/rules', RULES, { 'if-match': '"1"' });
    const late = await call('PUT', '/api/rules', 'rules: []', { 'if-match': '"1"' });
    expect(late).toMatchObject({ status: 412 });
    expect(await call('GET', '/api/rules')).toMatchObject({ etag: '"2"', body: { document: RULES } });
  });

  it('stay in force when a document is refused, which says where and why', async () => {
    const { status, body } = await call('PUT', '/api/rules', 'rules:\n  - name: CT\n    then:\n      - send: tinnh\n');
    expect(status).toBe(400);
    expect(body).toMatchObject({
      title: 'Rules refused',
      problems: [
        {
          line: 4,
          column: 15,
          rule: 'CT',
          message: 'There is no destination "tinnh". Did you mean "tinh"? Known are tinh, ws1.',
        },
      ],
    });
    expect(await call('GET', '/api/rules')).toMatchObject({ etag: '"1"', body: { document: RULES } });
  });

  it('keep a destination that they send to from being removed', async () => {
    const refused = await call('DELETE', '/api/destinations/tinh');
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: 'the routing rule "CT" sends to tinh: change the rules first' },
    });
  });

  it('can be read before they are put in force', async () => {
    expect(await call('POST', '/api/rules/check', RULES)).toMatchObject({ status: 200, body: { ok: true, problems: [] } });
    expect(await call('POST', '/api/rules/check', 'rules: {')).toMatchObject({ body: { ok: false, problems: [{ line: 1 }] } });
    expect(await call('GET', '/api/rules')).toMatchObject({ etag: '"1"' });
  });

  it('are changed one by one, with the notes beside them, and nothing is put in force', async () => {
    const edit = (document: string, change: unknown) =>
      call('POST', '/api/rules/edit', JSON.stringify({ document, edit: change }), { 'content-type': 'application/json' });
    const rule = (name: string, to: string) => ({ name, [THEN]: [{ send: { to, class: 'routine' } }] });
    const added = await edit(RULES, { kind: 'add', rule: rule('all', 'ws1') });
    expect(added).toMatchObject({ status: 200, body: { ok: true, rules: [{ name: 'CT' }, { name: 'all' }] } });
    const moved = await edit(String(added.body.document), { kind: 'move', from: 1, to: 0 });
    expect(moved.body).toMatchObject({ ok: true, rules: [{ name: 'all' }, { name: 'CT' }] });
    expect(moved.body.document).toContain('# what the province reads\n  - { name: CT');
    const faulty = await edit(RULES, { kind: 'change', at: 0, rule: rule('CT', 'nowhere') });
    expect(faulty.body).toMatchObject({ ok: false, problems: [{ rule: 'CT', message: expect.stringContaining('"nowhere"') }] });
    expect(await edit(RULES, { kind: 'remove', at: 1 })).toMatchObject({ status: 400 });
    expect(await edit('rules: {', { kind: 'remove', at: 0 })).toMatchObject({ status: 400, body: { problems: [{ line: 1 }] } });
    expect(await call('GET', '/api/rules')).toMatchObject({ etag: '"1"' });
  });

  it('of a faulty configuration end the start with the line', async () => {
    const faulty = openRouter({ rules: { document: 'rules:\n  - { name: a, then: [{ send: nowhere }] }\n', linesAbove: 10 } });
    await expect(faulty).rejects.toThrow('rules: line 12, column 31, rule "a": There is no destination "nowhere".');
  });
});
