import type { Delivery } from '../records/deliveries.ts';
import type { Transport } from './transport.ts';

const PROBLEM = 'its rule changes what goes out, which cannot be done here: nothing goes out as it is where it was to be changed';

/** Lets through what goes out as it is stored. What was to be changed and cannot be is set aside: it is never sent unchanged. */
export function unchangedAlone(transport: Transport): Transport {
  return {
    send: async (deliveries, report, outgoing) => {
      for (const delivery of deliveries.filter(isChanged)) {
        await report(delivery, { kind: 'aside', problem: PROBLEM });
      }
      const rest = deliveries.filter((delivery) => !isChanged(delivery));
      if (rest.length > 0) {
        await transport.send(rest, report, outgoing);
      }
    },
  };
}

function isChanged({ changes }: Delivery): boolean {
  return Object.values(changes).some((change) => change !== undefined && change.length > 0);
}
