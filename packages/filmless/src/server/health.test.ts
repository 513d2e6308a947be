import { expect, it } from 'vitest';
import { gatherHealth, healthText } from './health.ts';

it('puts together what all parts say, problems and warnings apart', async () => {
  const health = await gatherHealth([
    { name: 'archive', problems: () => ['The store is away.'] },
    { name: 'queue', warnings: async () => ['3 deliveries wait.'] },
    { name: 'silent' },
  ]);
  expect(health).toEqual({ problems: ['The store is away.'], warnings: ['3 deliveries wait.'] });
  expect(healthText(health)).toBe('not ready\nproblem: The store is away.\nwarning: 3 deliveries wait.\n');
  expect(healthText({ problems: [], warnings: [] })).toBe('ready\n');
});

it('takes a part that fails at being asked for a problem, and tells nothing of its inside', async () => {
  const failing = () => Promise.reject(new Error('/var/lib/secret'));
  expect(await gatherHealth([{ name: 'archive', problems: failing }])).toEqual({
    problems: ['The archive cannot say how it is; the log says why.'],
    warnings: [],
  });
});
