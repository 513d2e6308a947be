import type { MatchKey } from '@filmless/dicom';
import { UPS } from './attributes.ts';
import type { WorkitemState } from './model.ts';
import type { WorkitemQuery } from './workitem-records.ts';

const STATES: ReadonlySet<string> = new Set<WorkitemState>(['SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED']);

function isState(text: string): text is WorkitemState {
  return STATES.has(text);
}

/** What the records can leave out before anybody looks at an attribute; every key is looked at all the same. */
export function planOf(keys: readonly MatchKey[]): Pick<WorkitemQuery, 'uids' | 'states' | 'patientId' | 'from' | 'to'> {
  const plans = keys.map((key) => (key.path.length === 1 ? planOfKey(key) : {}));
  return Object.assign({}, ...plans);
}

function planOfKey({ path: [tag], match }: MatchKey): Partial<WorkitemQuery> {
  if (tag === UPS.ScheduledProcedureStepStartDateTime && match.kind === 'range') {
    return { ...(match.from === undefined ? {} : { from: match.from }), ...(match.to === undefined ? {} : { to: match.to }) };
  }
  const values = valuesOf(match);
  if (values === undefined) {
    return {};
  }
  switch (tag) {
    case '00080018':
      return { uids: values };
    case UPS.ProcedureStepState:
      return values.every(isState) ? { states: values } : {};
    case '00100020':
      return values.length === 1 && values[0] !== undefined ? { patientId: values[0] } : {};
    default:
      return {};
  }
}

/** Values of which one must be there; undefined where it is no plain value that is asked for. */
function valuesOf(match: MatchKey['match']): readonly string[] | undefined {
  if (match.kind === 'single') {
    return [match.value];
  }
  const values = match.kind === 'list' ? match.values.map((one) => (one.kind === 'single' ? one.value : undefined)) : [];
  return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
}
