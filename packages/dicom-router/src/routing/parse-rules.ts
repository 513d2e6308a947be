import type { RouterLimits } from '../limits.ts';
import { Collected } from './collected.ts';
import { DocumentFault, DocumentNode, short } from './document-node.ts';
import { parseActions } from './parse-actions.ts';
import { parseConditions } from './parse-conditions.ts';
import type { Rule, RuleDocument, RuleProblem } from './rule.ts';

export type RuleLimits = Pick<RouterLimits, 'rules' | 'ruleDocumentBytes' | 'ruleProblems'>;

const EXAMPLE = 'rules: [{ name: CT to the workstation, when: { tags: { Modality: CT } }, then: [{ send: ws1 }] }]';
const RULE_EXAMPLE = '{ name: CT to the workstation, when: { tags: { Modality: CT } }, then: [{ send: ws1 }] }';
const RULE_KEYS = ['name', 'enabled', 'when', 'then'] as const;
const MOST_NAME = 100;

/**
 * Reads a document of rules: a list of them, or a map with `rules:`, in YAML or JSON. Of a whole configuration file (`within: 'file'`)
 * the other keys are somebody else's.
 */
export function parseRules(text: string, limits: RuleLimits, within: 'document' | 'file' = 'document'): RuleDocument {
  const collected = new Collected();
  const rules: Rule[] = [];
  collected.attempt(undefined, () => {
    if (Buffer.byteLength(text) > limits.ruleDocumentBytes && within === 'document') {
      throw new DocumentFault({ line: 1, column: 1 }, `A document of rules has at most ${limits.ruleDocumentBytes} bytes.`);
    }
    const list = rulesOf(DocumentNode.parse(text), within);
    const nodes = list === undefined || list.isEmpty ? [] : list.items(EXAMPLE);
    if (nodes.length > limits.rules) {
      nodes[limits.rules]?.fail(
        `There are ${nodes.length} rules, ${limits.rules} is the limit. Put several values into one list.`,
      );
    }
    const names = new Set<string>();
    for (const node of nodes) {
      const rule = collected.problems.length < limits.ruleProblems ? parseRule(collected, names, node) : undefined;
      rules.push(...(rule === undefined ? [] : [rule]));
    }
  });
  const { problems, references } = collected;
  return problems.length > 0 ? { problems: problems.slice(0, limits.ruleProblems) } : { rules, references };
}

/** A document of rules that stands in a file. */
export interface ConfiguredRules {
  readonly document: string;
  /** How many lines further down it stands in the file. */
  readonly linesAbove: number;
}

/** The rules of a configuration file: a document of their own, and what is wrong with it where it stands in the file. */
export interface FileRules {
  /** Undefined where the file says nothing of rules. */
  readonly configured: ConfiguredRules | undefined;
  readonly problems: readonly RuleProblem[];
}

export function rulesOfFile(text: string, limits: RuleLimits): FileRules {
  const { problems = [] } = parseRules(text, limits, 'file');
  const node = problems.length > 0 ? undefined : rulesOf(DocumentNode.parse(text), 'file');
  if (node === undefined) {
    return { configured: undefined, problems };
  }
  const above = node.isBlock ? 'rules:\n' : 'rules: ';
  const linesAbove = node.place.line - (node.isBlock ? 2 : 1);
  return { configured: { document: `${above}${node.source}`, linesAbove }, problems };
}

function rulesOf(root: DocumentNode, within: 'document' | 'file'): DocumentNode | undefined {
  if (root.isEmpty || root.isList) {
    return within === 'file' ? undefined : root;
  }
  if (within === 'document') {
    root.onlyKeys(['rules'], EXAMPLE);
  }
  return root.get('rules');
}

/** Undefined when it is faulty, which is noted. */
function parseRule(collected: Collected, names: Set<string>, node: DocumentNode): Rule | undefined {
  if (collected.attempt(undefined, () => node.keys(RULE_EXAMPLE)) === undefined) {
    return undefined;
  }
  const name = collected.attempt(undefined, () => parseName(names, node));
  collected.attempt(name, () => node.onlyKeys(RULE_KEYS, RULE_EXAMPLE));
  const enabled = collected.attempt(name, () => node.get('enabled')?.truth() ?? true) ?? true;
  const when = parseConditions(collected, name ?? '', node.get('when'));
  const actions = parseActions(collected, name ?? '', node);
  return name === undefined || actions === undefined ? undefined : { name, enabled, when, actions };
}

function parseName(names: Set<string>, node: DocumentNode): string {
  const nameNode =
    node.get('name') ??
    node.fail('A rule needs a name, by which the log and the page call it. Write: name: CT to the workstation');
  const name = nameNode.text('CT to the workstation').trim();
  if (name === '' || name.length > MOST_NAME || /\p{Cc}/u.test(name)) {
    nameNode.fail(`A name has 1 to ${MOST_NAME} characters in one line.`);
  }
  if (names.has(name)) {
    nameNode.fail(`A rule "${short(name)}" stands further above already. Give this one another name.`);
  }
  names.add(name);
  return name;
}
