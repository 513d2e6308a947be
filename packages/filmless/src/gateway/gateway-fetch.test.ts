import type { ArchiveFetch, OnBehalf } from '@filmless/dicom-router';
import { beforeEach, describe, expect, it } from 'vitest';
import { gatewayFetch } from './gateway-fetch.ts';

const CT01: OnBehalf = { aeTitle: 'CT01', facility: 'site' };

describe('what the router of a gateway asks', () => {
  let here: Set<string>;
  let removed: Set<string>;
  let lineIsUp: boolean;
  let fetch: ArchiveFetch;

  beforeEach(() => {
    here = new Set(['1.1']);
    removed = new Set(['1.2']);
    lineIsUp = true;
    const local: ArchiveFetch = async ({ url }) => {
      const [, study = ''] = /studies\/([0-9.]+)/.exec(url) ?? [];
      return here.has(study) ? new Response('here') : new Response('not here', { status: 404 });
    };
    const centre = async () => {
      if (!lineIsUp) {
        throw new Error('no line');
      }
      return new Response('centre');
    };
    fetch = gatewayFetch(local, centre, async (study) => removed.has(study));
  });

  const ask = async (path: string, caller?: OnBehalf) => await (await fetch(new Request(`http://archive${path}`), caller)).text();

  it.each([
    ['a study that lies here', '/dicom-web/studies/1.1', CT01, 'here'],
    ['one that does not', '/dicom-web/studies/1.9', CT01, 'centre'],
    ['one that was removed here', '/dicom-web/studies/1.2', CT01, 'centre'],
    ['a search', '/dicom-web/studies?PatientID=1', CT01, 'centre'],
    ['an order', '/api/orders', CT01, 'not here'],
    ['an image to be sent on', '/dicom-web/studies/1.1/series/1/instances/2', undefined, 'here'],
    ['one to be sent on that was removed here', '/dicom-web/studies/1.2/series/1/instances/2', undefined, 'centre'],
    ['one to be sent on that was never here', '/dicom-web/studies/1.9/series/1/instances/2', undefined, 'not here'],
  ])('%s is had where it is (%s)', async (_, path, caller, expected) => {
    expect(await ask(path, caller)).toBe(expected);
  });

  it('gives what came here again of a removed study while the centre is away, and the whole of it otherwise', async () => {
    here.add('1.2');
    expect(await ask('/dicom-web/studies/1.2', CT01)).toBe('centre');
    lineIsUp = false;
    expect(await ask('/dicom-web/studies/1.2', CT01)).toBe('here');
  });

  it('lets a delivery of what was removed wait for the line, rather than call it gone', async () => {
    lineIsUp = false;
    await expect(ask('/dicom-web/studies/1.2/series/1/instances/2')).rejects.toThrow('no line');
  });
});
