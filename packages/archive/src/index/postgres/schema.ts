import type { ProcedureArgs } from '@filmless/database';
import type { procedures } from './procedures.ts';

/** What the index on PostgreSQL runs. */
export { besides } from '../besides.ts';
export { migrations } from '../migrations.ts';
export { procedures } from './procedures.ts';

interface OfStudy {
  readonly study_instance_uid: string;
}

const study = (args: OfStudy): string => args.study_instance_uid;

/** Each locks its study first. */
export const keys: { readonly [K in keyof typeof procedures]?: (args: ProcedureArgs<(typeof procedures)[K]>) => string } = {
  add: study,
  replace: ({ add }) => add.study_instance_uid,
  describe: study,
  setReach: study,
  removeReach: study,
  setConflicts: study,
  removeStudy: study,
  takeOut: study,
};
