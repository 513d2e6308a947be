import { conflictProcedures } from './conflict-procedures.ts';
import { importProcedures } from './import-procedures.ts';
import { markProcedures } from './mark-procedures.ts';
import { matchProcedures } from './match-procedures.ts';
import { orderProcedures } from './order-procedures.ts';
import { performedProcedures } from './performed-procedures.ts';
import { processProcedures } from './process-procedures.ts';
import { refusalProcedures } from './refusal-procedures.ts';
import { rejectionProcedures } from './rejection-procedures.ts';
import { removalProcedures } from './removal-procedures.ts';
import { uploadProcedures } from './upload-procedures.ts';
import { workitemProcedures } from './workitem-procedures.ts';

/** What the thread of the records database imports. */
export { migrations } from './migrations.ts';

export const procedures: typeof conflictProcedures &
  typeof importProcedures &
  typeof markProcedures &
  typeof matchProcedures &
  typeof orderProcedures &
  typeof performedProcedures &
  typeof processProcedures &
  typeof refusalProcedures &
  typeof rejectionProcedures &
  typeof removalProcedures &
  typeof uploadProcedures &
  typeof workitemProcedures = {
  ...conflictProcedures,
  ...importProcedures,
  ...markProcedures,
  ...matchProcedures,
  ...orderProcedures,
  ...performedProcedures,
  ...processProcedures,
  ...refusalProcedures,
  ...rejectionProcedures,
  ...removalProcedures,
  ...uploadProcedures,
  ...workitemProcedures,
};
