import type { Calls } from '../calls.ts';
import { messageOf, RouterError } from '../errors.ts';
import type { FolderDestination, WebDestination } from '../routing/destination.ts';
import type { Transport } from './transport.ts';

/** A transport that needs no association, whose failures stand among those of associations, and that it works again once after. */
export function watchedTransport(transport: Transport, destination: WebDestination | FolderDestination, calls: Calls): Transport {
  let failed = false;
  const told = (began: number, error?: unknown) => {
    const call = {
      purpose: 'delivery',
      destination: destination.id,
      calledAe: '',
      callingAe: '',
      ...whereOf(destination),
    } as const;
    const milliseconds = performance.now() - began;
    calls.ended(call, { milliseconds, stored: 0, refusals: [], ...(error === undefined ? {} : { error }) });
  };
  return {
    send: async (deliveries, report, outgoing) => {
      const began = performance.now();
      try {
        await transport.send(deliveries, report, outgoing);
      } catch (error) {
        if (!outgoing.signal.aborted) {
          failed = true;
          told(began, error instanceof RouterError ? error : new RouterError('archive', messageOf(error), { cause: error }));
        }
        throw error;
      }
      if (failed) {
        failed = false;
        told(began);
      }
    },
  };
}

function whereOf(destination: WebDestination | FolderDestination) {
  if (destination.kind === 'folder') {
    return { host: destination.path, port: 0, secure: false };
  }
  const { hostname, port, protocol } = new URL(destination.url);
  const secure = protocol === 'https:';
  return { host: hostname, port: port === '' ? (secure ? 443 : 80) : Number(port), secure };
}
