import { DestinationAddition, readDestination, type SentDestination } from '../http/destination-schema.ts';
import type { Destination } from '../routing/destination.ts';
import { DocumentFault, DocumentNode } from '../routing/document-node.ts';

/** A destination as it stands in a file, and as `/api/destinations` takes it. */
export interface ConfiguredDestination {
  readonly destination: Destination;
  readonly sent: SentDestination;
}

/** What is wrong with a file, and where. */
export interface FileFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const EXAMPLE = '[{ id: ws1, aeTitle: WS1, host: 10.0.0.20, port: 104 }]';

/** The destinations of a configuration file, in the form of `/api/destinations`; or the first fault with its place. */
export function destinationsOfFile(text: string): readonly ConfiguredDestination[] | FileFault {
  try {
    const root = DocumentNode.parse(text);
    const nodes = root.isMap ? (root.get('destinations')?.items(EXAMPLE) ?? []) : [];
    const seen = new Set<string>();
    return nodes.map((node) => parseDestination(node, seen));
  } catch (error) {
    if (error instanceof DocumentFault) {
      const { line, column, message } = error;
      return { line, column, message };
    }
    throw error;
  }
}

function parseDestination(node: DocumentNode, seen: Set<string>): ConfiguredDestination {
  node.keys(EXAMPLE);
  const parsed = DestinationAddition.safeParse(node.plain());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map(String);
    const at = path.reduce((place: DocumentNode, key) => place.get(key) ?? place, node);
    return at.fail(`${path.length === 0 ? '' : `${path.join('.')}: `}${issue?.message ?? 'this is no destination'}.`);
  }
  const { id, ...sent } = parsed.data;
  if (seen.has(id)) {
    (node.get('id') ?? node).fail(`The destination ${id} stands further above already.`);
  }
  seen.add(id);
  return { destination: readDestination(id, sent, undefined), sent };
}
