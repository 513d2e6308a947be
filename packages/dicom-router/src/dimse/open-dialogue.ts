import { type RequestOptions, requestAssociation } from '../ul/requestor.ts';
import { AssociationDialogue } from './association-dialogue.ts';
import type { Dialogue } from './dialogue.ts';
import type { Service } from './provider.ts';

/**
 * Opens an association to perform operations on; `services` are what the peer may ask for meanwhile, such as the C-STOREs of a C-GET.
 * Who opens it releases or aborts it.
 * @throws RouterError as `requestAssociation`
 */
export async function openDialogue(options: RequestOptions, services: readonly Service[] = []): Promise<Dialogue> {
  const association = await requestAssociation(options);
  return new AssociationDialogue(association, {
    services,
    limits: options.limits,
    // NOTE: who opened it ends it; it is not served until something stops.
    stop: new AbortController().signal,
    answered: () => undefined,
    failed: () => undefined,
  });
}
