import { expect, it } from 'vitest';
import { numbered } from '../../test/delivery-desk.ts';
import type { Delivery } from '../records/deliveries.ts';
import type { Changes } from '../routing/decision.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { LineGovernor } from './line/line-governor.ts';
import { unchangedAlone } from './unchanged.ts';

const delivery = (id: number, changes: Changes): Delivery => ({ id, attempts: 0, priority: 'routine', changes, ...numbered(id) });

it('sends nothing as it is that was to be changed', async () => {
  const sent: number[] = [];
  const reported: string[] = [];
  const transport = unchangedAlone({
    send: async (deliveries) => {
      sent.push(...deliveries.map(({ id }) => id));
    },
  });
  using line = new LineGovernor({ line: undefined, clock: SYSTEM_CLOCK }).open('routine');
  const deliveries = [
    delivery(1, {}),
    delivery(2, { deidentify: 'study' }),
    delivery(3, { set: undefined }),
    delivery(4, { remove: [] }),
    delivery(5, { remove: ['00100010'] }),
  ];
  const report = async ({ id }: Delivery, { kind }: { readonly kind: string }) => {
    reported.push(`${id} ${kind}`);
  };
  await transport.send(deliveries, report, { line, signal: new AbortController().signal });
  expect([sent, reported]).toEqual([
    [1, 3, 4],
    ['2 aside', '5 aside'],
  ]);
});
