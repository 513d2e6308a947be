/** What the page of connections is limited to; kept in the address. */
export interface ConnectionFilters {
  readonly view: 'problems' | 'log';
  readonly title: string;
  /** Of problems: those that are still so, or those that are over. */
  readonly state: 'open' | 'settled' | undefined;
  /** Of the log. */
  readonly outcome: 'released' | 'aborted' | 'refused' | undefined;
  readonly direction: 'in' | 'out' | undefined;
  /** `YYYY-MM-DD`, in the browser's zone. */
  readonly day: string | undefined;
}

export const OUTCOMES: readonly NonNullable<ConnectionFilters['outcome']>[] = ['released', 'aborted', 'refused'];

export function readConnectionFilters(search: string): ConnectionFilters {
  const parameters = new URLSearchParams(search);
  const one = <T extends string>(name: string, ...values: readonly T[]) => values.find((value) => value === parameters.get(name));
  const day = parameters.get('day') ?? '';
  return {
    view: one('view', 'problems', 'log') ?? 'problems',
    title: parameters.get('title') ?? '',
    state: one('state', 'open', 'settled'),
    outcome: one('outcome', ...OUTCOMES),
    direction: one('direction', 'in', 'out'),
    day: /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : undefined,
  };
}

export function connectionsUrl(filters: Partial<ConnectionFilters>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined && value.trim() !== '' && !(name === 'view' && value === 'problems')) {
      parameters.set(name, value.trim());
    }
  }
  const search = parameters.toString();
  return search === '' ? '/admin/connections' : `/admin/connections?${search}`;
}

export function problemQuery({ title, state, direction, day }: ConnectionFilters): URLSearchParams {
  return queryOf({ title, state, direction, ...span(day), limit: '200' });
}

export function logQuery({ title, outcome, direction, day }: ConnectionFilters, after?: number): URLSearchParams {
  const who = direction === 'out' ? { calledAe: title } : { callingAe: title };
  return queryOf({ ...who, outcome, direction, ...span(day), limit: '50', after: after === undefined ? '' : String(after) });
}

function queryOf(values: Readonly<Record<string, string | undefined>>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) => (value === undefined || value.trim() === '' ? [] : [[name, value.trim()]])),
  );
}

/** One day of the browser's zone as two instants. */
function span(day: string | undefined): { readonly since?: string; readonly until?: string } {
  if (day === undefined) {
    return {};
  }
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return { since: new Date(year, month - 1, date).toISOString(), until: new Date(year, month - 1, date + 1).toISOString() };
}
