import type { OnBehalf } from '../router.ts';
import type { Peer } from '../ul/association.ts';
import type { AeDirectory } from './ae-directory.ts';

/** Whom the archive is asked for when a peer asks us. */
export function onBehalfOf(aes: Pick<AeDirectory, 'rights'>, { callingAe, address }: Peer): OnBehalf {
  return { aeTitle: callingAe, facility: aes.rights(callingAe).facility, address };
}
