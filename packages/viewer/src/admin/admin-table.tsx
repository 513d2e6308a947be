import './admin-table.css';
import { type ComponentChildren, Fragment, type VNode } from 'preact';

/** One column of a table; on a narrow screen its title stands before each value. */
export interface Column<T> {
  /** Empty for the buttons of a row. */
  readonly title: string;
  /** `main` names the row, `actions` are its buttons. */
  readonly kind?: 'main' | 'actions';
  readonly class?: string;
  readonly cell: (row: T) => ComponentChildren;
}

/** Rows that belong together, under a line of their own. */
interface Grouping<T> {
  readonly keyOf: (row: T) => string;
  readonly head: (rows: readonly T[]) => ComponentChildren;
}

export interface AdminTableProps<T> {
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string | number;
  readonly columns: readonly Column<T>[];
  readonly class?: string;
  /** Neighbours with the same key are one group. */
  readonly groups?: Grouping<T>;
}

/** The table of a page of administration, which becomes cards on a narrow screen. */
export function AdminTable<T>({ rows, keyOf, columns, class: extra = '', groups }: AdminTableProps<T>): VNode {
  const lines = (some: readonly T[]) => some.map((row) => <Row key={keyOf(row)} row={row} columns={columns} />);
  return (
    <div class="panel table-scroll">
      <table class={`table ${extra}`}>
        <thead>
          <tr>
            {columns.map(({ title }) => (
              <th key={title} scope={title === '' ? undefined : 'col'}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {groups === undefined ? (
          <tbody>{lines(rows)}</tbody>
        ) : (
          grouped(rows, groups.keyOf).map((group) => (
            <tbody key={keyOf(group[0])}>
              <tr class="table-group">
                <th scope="rowgroup" colSpan={columns.length}>
                  {groups.head(group)}
                </th>
              </tr>
              <Fragment>{lines(group)}</Fragment>
            </tbody>
          ))
        )}
      </table>
    </div>
  );
}

function Row<T>({ row, columns }: { readonly row: T; readonly columns: readonly Column<T>[] }): VNode {
  return (
    <tr>
      {columns.map(({ title, kind, class: extra = '', cell }) => (
        <td
          key={title}
          class={`${kind === undefined ? '' : `cell-${kind} `}${extra}`}
          data-label={kind === undefined ? title : undefined}
        >
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups: [T, ...T[]][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last !== undefined && keyOf(last[0]) === keyOf(row)) {
      last.push(row);
    } else {
      groups.push([row]);
    }
  }
  return groups;
}
