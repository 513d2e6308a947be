import type { Source } from '@filmless/access';
import type { HttpContext, RequestContext } from '../context.ts';
import type { PartOutcome } from './receive.ts';

/** One line a study, and one for what was refused: a series of 500 images is one thing that a person did. */
export async function auditStore(
  c: RequestContext,
  context: HttpContext,
  source: Source,
  outcomes: readonly PartOutcome[],
): Promise<void> {
  const common = {
    action: 'study.store',
    subject: c.get('subject'),
    address: source.address,
    facility: source.facility,
  } as const;
  const kept = outcomes.filter((outcome) => outcome.status !== 'refused');
  for (const [studyInstanceUid, instances] of Map.groupBy(kept, (outcome) => outcome.studyInstanceUid)) {
    const from = source.callingAe === undefined ? '' : ` from ${source.callingAe}`;
    const conflicts = instances.filter(({ status }) => status === 'conflict').length;
    const aside = conflicts === 0 ? '' : `, ${conflicts} of them kept aside`;
    await context.access.audit({
      ...common,
      outcome: 'success',
      studyInstanceUid,
      detail: `${instances.length} instances${from}${aside}`,
    });
  }
  const refused = outcomes.filter((outcome) => outcome.status === 'refused');
  const [first] = refused;
  if (first !== undefined) {
    const outcome = first.reason === 'forbidden' ? 'refused' : 'failed';
    await context.access.audit({ ...common, outcome, detail: `${refused.length} instances not stored: ${first.message}` });
  }
}
