import { TAG } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { type AskArchive, searchArchive } from './search-archive.ts';

const LIMITS = { searchPageBytes: 10_000 };
const study = (uid: string) => ({ [TAG.StudyInstanceUID]: { vr: 'UI', Value: [uid] } });
const page = (uids: readonly string[], headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(uids.map(study)), { headers: { 'content-type': 'application/dicom+json', ...headers } });

async function all(archive: AskArchive, url = '/dicom-web/studies?limit=2'): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const result of searchArchive(archive, url, LIMITS, AbortSignal.timeout(5_000))) {
    found.push(result[TAG.StudyInstanceUID]?.Value?.[0]);
  }
  return found;
}

describe('a search of the archive', () => {
  it('goes on where the archive says that the next page is, and asks for it only when it is wanted', async () => {
    const asked: string[] = [];
    const archive: AskArchive = (request) => {
      const { pathname, search, searchParams } = new URL(request.url);
      asked.push(pathname + search);
      // Nobody is told how many there are.
      expect(request.headers.get('prefer')).toBe('count=none');
      const last = searchParams.get('after') !== null;
      const link = '<http://archive/dicom-web/studies?limit=2&after=x>; rel="next"';
      return Promise.resolve(last ? page(['1.3']) : page(['1.1', '1.2'], { link }));
    };
    const results = searchArchive(archive, '/dicom-web/studies?limit=2', LIMITS, AbortSignal.timeout(5_000));
    await results.next();
    await results.next();
    expect(asked).toEqual(['/dicom-web/studies?limit=2']);
    expect(await all(archive)).toEqual(['1.1', '1.2', '1.3']);
    expect(asked.at(-1)).toBe('/dicom-web/studies?limit=2&after=x');
  });

  it('goes on behind what came where an archive says only that there is more', async () => {
    const uids = ['1.1', '1.2', '1.3'];
    const archive: AskArchive = (request) => {
      const offset = Number(new URL(request.url).searchParams.get('offset') ?? 0);
      const more: Record<string, string> = offset + 2 < uids.length ? { warning: '299 there is more' } : {};
      return Promise.resolve(page(uids.slice(offset, offset + 2), more));
    };
    expect(await all(archive)).toEqual(uids);
  });

  it('has no results where the answer has no body', async () => {
    expect(await all(() => Promise.resolve(new Response(null, { status: 204 })))).toEqual([]);
  });

  it.each<[string, Response | Error, string, string]>([
    [
      'a key that cannot be matched',
      Response.json({ detail: '00080020 is no date' }, { status: 400 }),
      'invalid-request',
      'no date',
    ],
    ['a search that costs too much', Response.json({ detail: 'too many headers' }, { status: 413 }), 'too-long', 'too many'],
    ['an archive that is busy', Response.json({ detail: 'busy' }, { status: 503 }), 'archive', '503'],
    ['an archive that is not there', new Error('connection refused'), 'archive', 'connection refused'],
    ['what is no JSON', new Response('<html>'), 'archive', 'cannot be read'],
    ['what is no list', Response.json({}), 'archive', 'no list'],
    ['what is no data set', Response.json([{ name: 'x' }]), 'archive', 'cannot be read'],
    ['a page without end', new Response('['.padEnd(20_000)), 'too-long', 'fewer attributes'],
  ])('says in words what is wrong: %s', async (_, answer, code, words) => {
    const archive: AskArchive = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
    await expect(all(archive)).rejects.toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
  });
});
