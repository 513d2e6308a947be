import { expect, test } from 'vitest';
import { createClient } from '../api/client.ts';
import { createSettingsStore } from './settings-store.ts';

/** A server that keeps one person's settings, and may be changed from elsewhere. */
function server() {
  let kept: { revision: number; settings: unknown } = { revision: 0, settings: { version: 1, keys: {}, hangings: [] } };
  const asked: string[] = [];
  const fetch = (_: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push(init.method ?? '');
    if (init.method !== 'PUT') {
      return Promise.resolve(Response.json(kept));
    }
    const put = JSON.parse(String(init.body)) as typeof kept;
    if (put.revision !== kept.revision) {
      return Promise.resolve(new Response('{"detail":"changed elsewhere"}', { status: 409 }));
    }
    kept = { revision: kept.revision + 1, settings: put.settings };
    return Promise.resolve(Response.json({ revision: kept.revision }));
  };
  const elsewhere = (settings: unknown) => {
    kept = { revision: kept.revision + 1, settings };
  };
  const { own } = createSettingsStore(createClient({ fetch: fetch as typeof globalThis.fetch, onSignedOut: () => undefined }));
  return { own, asked, elsewhere, kept: () => kept };
}

test('a change is kept on the server, made from what is there', async () => {
  const { own, asked, kept } = server();
  await own.change((now) => ({ ...now, keys: { length: ['d'] } }));
  expect(asked).toEqual(['GET', 'PUT']);
  expect(kept()).toEqual({ revision: 1, settings: { version: 1, keys: { length: ['d'] }, hangings: [] } });
});

test('a change from another screen is not lost: ours is made anew on top of it', async () => {
  const { own, elsewhere } = server();
  await own.read();
  elsewhere({ version: 1, keys: { angle: ['q'] }, hangings: [] });
  await own.change((now) => ({ ...now, keys: { ...now.keys, length: ['d'] } }));
  expect(own.value.value.keys).toEqual({ angle: ['q'], length: ['d'] });
});

test('changes made at once are all kept', async () => {
  const { own, kept } = server();
  await Promise.all(['a', 'b', 'c'].map((id) => own.change((now) => ({ ...now, keys: { ...now.keys, [id]: [id] } }))));
  expect(kept()).toMatchObject({ revision: 3, settings: { keys: { a: ['a'], b: ['b'], c: ['c'] } } });
});

test('what arrives or waits after the page changed hands is not shown to the next person, nor sent in their name', async () => {
  const { own, elsewhere, asked, kept } = server();
  elsewhere({ version: 1, keys: { angle: ['q'] }, hangings: [] });
  const reading = own.read();
  const changes = ['a', 'b'].map((id) => own.change((now) => ({ ...now, keys: { ...now.keys, [id]: [id] } })));
  own.forget();
  await reading;
  expect((await Promise.allSettled(changes)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect([own.isRead.value, own.value.value.keys]).toEqual([false, {}]);
  expect(asked).not.toContain('PUT');
  expect(kept().revision).toBe(1);
});

test('hanging protocols this viewer cannot read are kept for one that can', async () => {
  const { own, elsewhere, kept } = server();
  elsewhere({ version: 1, keys: {}, hangings: [{ from: 'the future' }] });
  await own.change((now) => ({ ...now, keys: { length: ['d'] } }));
  expect(kept()).toMatchObject({ settings: { hangings: [{ from: 'the future' }] } });
});
