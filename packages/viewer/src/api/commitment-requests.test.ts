import { expect, it } from 'vitest';
import type { Client } from './client.ts';
import { readCommitmentRequests } from './commitment-requests.ts';

const REQUEST = {
  id: 7,
  destination: 'tinh',
  transactionUid: '2.25.1',
  state: 'answered',
  instances: 48,
  refused: 1,
  problem: null,
  askedAt: '2026-03-01T01:00:00.000Z',
  answeredAt: '2026-03-01T01:00:10.000Z',
};

it('reads what destinations were asked, page by page', async () => {
  const asked: string[] = [];
  const client: Pick<Client, 'get'> = {
    get: (path, parse) => {
      asked.push(path);
      return Promise.resolve(parse({ requests: [REQUEST], next: 7 }, ''));
    },
  };
  const page = await readCommitmentRequests(client as Client);
  expect(page).toMatchObject({ rows: [{ destination: 'tinh', state: 'answered', instances: 48, refused: 1 }], next: 7 });
  await readCommitmentRequests(client as Client, page.next ?? undefined);
  expect(asked).toEqual(['/api/commitment-requests?limit=50', '/api/commitment-requests?limit=50&after=7']);
});
