import { type Procedure, run, runFirst } from '@filmless/database';
import type { FoundInstance } from './arguments.ts';
import { removeEmpty } from './remove-empty.ts';
import { unsettleSeries } from './series-statements.ts';
import { deleteEmptySeries, deleteInstance, findInstance } from './statements.ts';

type TakeOut = Procedure<
  {
    readonly study_instance_uid: string;
    readonly instances: readonly { readonly sop_instance_uid: string; readonly object_key: string }[];
    readonly at: string;
  },
  void
>;

/** Takes instances out that are still the objects named; nobody finds them from then on. */
export const takeOut: TakeOut = function* ({ instances, at }) {
  const series = new Map<number, FoundInstance>();
  for (const { sop_instance_uid, object_key } of instances) {
    const found = yield* runFirst(findInstance({ uid: sop_instance_uid }));
    if (found !== undefined && found.object_key === object_key) {
      yield* run(deleteInstance({ id: found.id }));
      series.set(found.series_id, found);
    }
  }
  for (const id of series.keys()) {
    yield* unsettleSeries({ id, due_at: at });
    yield* run(deleteEmptySeries({ id }));
  }
  const [any] = series.values();
  if (any !== undefined) {
    yield* removeEmpty(any);
  }
};
