import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { createOpenings } from './opening.ts';

const STUDY = { studyInstanceUid: '1.2', patient: {}, series: [{ seriesInstanceUid: '1.2.1' }] };
const PREVIEW = { seriesInstanceUid: '1.2.1', sopInstanceUid: '1.2.1.1', frame: 1, mediaType: 'image/jpeg', data: 'AAAA' };

/** A server that answers each path by its list of answers, one after the other. */
function asked(answers: Readonly<Record<string, readonly Response[]>>) {
  const paths: string[] = [];
  const client = createClient({
    fetch: (input) => {
      const path = String(input);
      const answer = answers[path]?.[paths.filter((one) => one === path).length];
      paths.push(path);
      return answer === undefined ? Promise.reject(new TypeError('no answer')) : Promise.resolve(answer);
    },
    onSignedOut: () => undefined,
  });
  return { paths, openings: createOpenings(client) };
}

const opening = (more = 0): Response => Response.json({ study: STUDY, more, preview: PREVIEW });
const { signal } = new AbortController();
const PATH = '/api/studies/1.2/opening';

describe('opening a study', () => {
  it('takes one request', async () => {
    const { openings, paths } = asked({ [PATH]: [opening(3)] });
    const { study, more, preview } = await openings.take('1.2', signal);
    expect([study.series.length, more, preview?.sopInstanceUid]).toEqual([1, 3, '1.2.1.1']);
    expect(paths).toEqual([PATH]);
  });

  it('that was begun ahead takes no further one, once', async () => {
    const { openings, paths } = asked({ [PATH]: [opening(), opening()] });
    openings.begin('1.2');
    await openings.take('1.2', signal);
    expect(paths).toHaveLength(1);
    await openings.take('1.2', signal);
    expect(paths).toHaveLength(2);
  });

  it('that was begun ahead in vain is asked for again', async () => {
    const { openings } = asked({ [PATH]: [new Response(null, { status: 401 }), opening()] });
    openings.begin('1.2');
    expect((await openings.take('1.2', signal)).study.studyInstanceUid).toBe('1.2');
  });

  it('does not give what was begun for another', async () => {
    const { openings, paths } = asked({ [PATH]: [opening()], '/api/studies/1.3/opening': [opening()] });
    openings.begin('1.3');
    await openings.take('1.2', signal);
    expect(paths).toEqual(['/api/studies/1.3/opening', PATH]);
  });

  it('whose description is too long falls back to the study alone', async () => {
    const { openings } = asked({ [PATH]: [new Response(null, { status: 413 })], '/api/studies/1.2': [Response.json(STUDY)] });
    expect(await openings.take('1.2', signal)).toMatchObject({ more: 0, preview: null, study: { studyInstanceUid: '1.2' } });
  });

  it('fails as the server says', async () => {
    const { openings } = asked({ [PATH]: [new Response(null, { status: 404 })] });
    await expect(openings.take('1.2', signal)).rejects.toMatchObject({ status: 404 });
  });
});
