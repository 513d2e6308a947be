import type { StoredInstance } from '@filmless/archive';
import { expect, it } from 'vitest';
import { heldByFilmless } from './held-at-centre.ts';

const COPIES = [{ sopInstanceUid: '1.2.3.1.1', sha256: '0'.repeat(64) }] as unknown as readonly StoredInstance[];
const answering = (response: () => Response) => heldByFilmless(() => Promise.resolve(response()));
const asked = (response: () => Response) => answering(response)('1.2.3', COPIES, new AbortController().signal);

it('takes what the centre names as kept', async () => {
  expect(await asked(() => Response.json({ held: ['1.2.3.1.1'] }))).toEqual(['1.2.3.1.1']);
});

it('takes a study that is not at the centre for one of which nothing is kept', async () => {
  expect(await asked(() => Response.json({ title: 'there is no such study' }, { status: 404 }))).toEqual([]);
});

it.each([
  ['it is away', () => new Response(null, { status: 503 })],
  ['it may not be asked', () => new Response(null, { status: 403 })],
  ['its answer has no list', () => Response.json({})],
])('knows nothing where %s', async (_, response) => {
  await expect(asked(response)).rejects.toThrow('which images are there');
});
