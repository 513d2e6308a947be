import { conflictProcedures } from './conflict-procedures.ts';
import { matchProcedures } from './match-procedures.ts';
import { orderProcedures } from './order-procedures.ts';
import { performedProcedures } from './performed-procedures.ts';
import { refusalProcedures } from './refusal-procedures.ts';
import { removalProcedures } from './removal-procedures.ts';

/** What the thread of the records database imports. */
export { migrations } from './migrations.ts';

export const procedures: typeof conflictProcedures &
  typeof matchProcedures &
  typeof orderProcedures &
  typeof performedProcedures &
  typeof refusalProcedures &
  typeof removalProcedures = {
  ...conflictProcedures,
  ...matchProcedures,
  ...orderProcedures,
  ...performedProcedures,
  ...refusalProcedures,
  ...removalProcedures,
};
