/** A resource that is served, with what can be done to it and what lies below. */
export interface Resource {
  /** One segment of a path: `series`, `{SeriesInstanceUID}`. */
  readonly segment: string;
  readonly methods: ReadonlySet<string>;
  readonly children: ReadonlyMap<string, Resource>;
}

interface Growing extends Resource {
  readonly methods: Set<string>;
  readonly children: Map<string, Growing>;
}

/** What the variables of the routes are called where a client reads them. PS3.18 10.1.1, 11.1.1, 13.2. */
const VARIABLES: Readonly<Record<string, string>> = {
  study: '{StudyInstanceUID}',
  series: '{SeriesInstanceUID}',
  instance: '{SOPInstanceUID}',
  frames: '{FrameList}',
  path: '{BulkdataPath}',
  workitem: '{WorkitemUID}',
  aetitle: '{AETitle}',
  transaction: '{TransactionUID}',
};

const DESCRIBED: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE']);

/** The tree of all that is routed below a root, so that nothing is told that is not there, and nothing forgotten. */
export function resourceTree(routes: readonly { readonly method: string; readonly path: string }[], root: string): Resource {
  const tree = grown('');
  for (const { method, path } of routes) {
    if (!DESCRIBED.has(method) || !path.startsWith(`${root}/`) || path.includes('*')) {
      continue;
    }
    let at = tree;
    for (const part of path.slice(root.length + 1).split('/')) {
      const segment = segmentOf(part);
      const child = at.children.get(segment) ?? grown(segment);
      at.children.set(segment, child);
      at = child;
    }
    if (at !== tree && at.segment !== '') {
      at.methods.add(method);
    }
  }
  tree.children.delete('');
  return tree;
}

function grown(segment: string): Growing {
  return { segment, methods: new Set(), children: new Map() };
}

function segmentOf(part: string): string {
  const variable = /^:(\w+)/.exec(part)?.[1];
  return variable === undefined ? part : (VARIABLES[variable] ?? `{${variable}}`);
}

/** The resource of a path, and the template of that path; undefined where nothing is served. */
export function findResource(
  tree: Resource,
  path: string,
): { readonly resource: Resource; readonly template: string } | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const walked: string[] = [];
  let at = tree;
  for (const segment of segments) {
    const next = at.children.get(segment) ?? [...at.children.values()].find((child) => child.segment.startsWith('{'));
    if (next === undefined) {
      // A place of bulk data has as many segments as it likes.
      return at.segment === '{BulkdataPath}' ? { resource: at, template: walked.join('/') } : undefined;
    }
    walked.push(next.segment);
    at = next;
  }
  return { resource: at, template: walked.join('/') };
}
