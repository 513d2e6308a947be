import { type Procedure, run } from '@filmless/database';
import { db } from '../src/store/tables.ts';

export { migrations } from '../src/store/migrations.ts';

type Tamper = Procedure<object, void>;

const change: Tamper = function* () {
  yield* run(db.updateTable('audit').set({ detail: 'nothing happened' }));
};

const remove: Tamper = function* () {
  yield* run(db.deleteFrom('audit').where('id', '=', 1));
};

/** What the product's own procedures never do. */
export const procedures: { readonly change: Tamper; readonly remove: Tamper } = { change, remove };
