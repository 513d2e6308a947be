import type { RouterLimits } from './limits.ts';
import type { RouterDatabase } from './records/router-database.ts';

/** What keeps the router from working as it should, in words. */
export function problemsOf(
  acceptor: { readonly associations: number },
  database: Pick<RouterDatabase, 'problem'>,
  limits: Pick<RouterLimits, 'associations'>,
): readonly string[] {
  const records = database.problem();
  return [
    ...(records === undefined ? [] : [`the records of the DICOM router: ${records}`]),
    ...(acceptor.associations >= limits.associations
      ? [`all ${limits.associations} DICOM associations are in use: further machines are told to come back later`]
      : []),
  ];
}
