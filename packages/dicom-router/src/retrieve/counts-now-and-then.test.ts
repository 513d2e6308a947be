import { expect, it } from 'vitest';
import { CountsNowAndThen } from './counts-now-and-then.ts';

function counting() {
  const sent: string[] = [];
  const state = { now: 0, count: 0 };
  const pending = ({ comment = '' }: { readonly comment?: string }) => {
    sent.push(comment);
    return Promise.resolve();
  };
  const counts = new CountsNowAndThen(
    pending,
    () => ({ status: 'pending', comment: String(state.count) }),
    () => state.now,
  );
  const changedAt = async (now: number) => {
    state.now = now;
    state.count += 1;
    await counts.changed();
  };
  return { sent, counts, changedAt };
}

it('sends the first counts at once, then those some time apart, and what is left at the end', async () => {
  const { sent, counts, changedAt } = counting();
  for (const now of [5, 6, 104, 105, 106, 300, 301]) {
    await changedAt(now);
  }
  expect(sent).toEqual(['1', '4', '6']);
  await counts.end();
  expect(sent).toEqual(['1', '4', '6', '7']);
});

it('sends nothing at the end that was sent before', async () => {
  const { sent, counts, changedAt } = counting();
  await counts.end();
  await changedAt(0);
  await counts.end();
  expect(sent).toEqual(['1']);
});
