import { Document, isMap, isScalar, isSeq, type Pair, type YAMLMap, YAMLSeq } from 'yaml';
import type { PrintedRule } from './print-rule.ts';

/** Lines are as long as they are: a rule reads best one thought a line. */
const LAYOUT = { lineWidth: 0 } as const;

/** A document as text, its lines unbroken. */
export function documentText(document: Document): string {
  return document.toString(LAYOUT);
}

/** A rule as an item of a list in YAML, written as a person would: single values without brackets, what is usual left out. */
export function ruleItemText(rule: PrintedRule): string {
  const document = new Document();
  document.contents = document.createNode([]);
  document.add(ruleNode(document, rule));
  return documentText(document);
}

export function ruleNode(document: Document, { name, enabled = true, when, then }: PrintedRule): YAMLMap {
  const node = document.createNode({}) as YAMLMap;
  node.set('name', name);
  if (!enabled) {
    node.set('enabled', false);
  }
  if (when !== undefined && Object.keys(when).length > 0) {
    node.set('when', flowNode(document, brief(when)));
  }
  node.set('then', thenNode(document, then));
  return node;
}

/**
 * Makes a rule that stands in a document say what another says. What stays the same is left as it was written, with what is noted
 * beside it.
 */
export function rewriteRule(document: Document, node: YAMLMap, before: PrintedRule, after: PrintedRule): void {
  if (after.name !== before.name) {
    node.set('name', after.name);
  }
  if ((after.enabled ?? true) !== (before.enabled ?? true)) {
    setEnabled(document, node, after.enabled ?? true);
  }
  rewriteConditions(document, node, before.when ?? {}, after.when ?? {});
  if (!same(after.then, before.then)) {
    node.set('then', thenNode(document, after.then));
  }
}

/** Beside the name, where it is seen. */
function setEnabled(document: Document, node: YAMLMap, enabled: boolean): void {
  node.delete('enabled');
  if (!enabled) {
    const at = node.items.findIndex(({ key }) => isScalar(key) && key.value === 'name');
    node.items.splice(at + 1, 0, document.createPair('enabled', false) as Pair);
  }
}

function rewriteConditions(
  document: Document,
  node: YAMLMap,
  before: NonNullable<PrintedRule['when']>,
  after: NonNullable<PrintedRule['when']>,
): void {
  const when = node.get('when', true);
  if (!isMap(when) || Object.keys(after).length === 0) {
    node.delete('when');
    if (Object.keys(after).length > 0) {
      const at = node.items.findIndex(({ key }) => isScalar(key) && key.value === 'then');
      node.items.splice(Math.max(0, at), 0, document.createPair('when', flowNode(document, brief(after))) as Pair);
    }
    return;
  }
  const { tags: tagsBefore = {}, ...plainBefore } = before;
  const { tags: tagsAfter = {}, ...plainAfter } = after;
  rewriteKeys(document, when, plainBefore, plainAfter);
  const tags = when.get('tags', true);
  if (isMap(tags) && Object.keys(tagsAfter).length > 0) {
    rewriteKeys(document, tags, tagsBefore, tagsAfter);
  } else {
    rewriteKeys(document, when, { tags: tagsBefore }, Object.keys(tagsAfter).length === 0 ? {} : { tags: tagsAfter });
  }
}

function rewriteKeys(
  document: Document,
  map: YAMLMap,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (after[key] === undefined) {
      map.delete(key);
    } else if (!same(before[key], after[key])) {
      map.set(key, flowNode(document, briefValue(after[key])));
    }
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function thenNode(document: Document, then: PrintedRule['then']) {
  const steps = then.map((step) => flowNode(document, briefStep(step)));
  const list = new YAMLSeq(document.schema);
  for (const step of steps) {
    // The step itself stands on a line of its own, what it holds in one line.
    if (isMap(step)) {
      step.flow = false;
      for (const { value } of step.items) {
        if (isMap(value) || isSeq(value)) {
          value.flow = true;
        }
      }
    }
    list.add(step);
  }
  return list;
}

function briefStep({ send, prefetch, ...step }: PrintedRule['then'][number]): Readonly<Record<string, unknown>> {
  return brief({
    ...(send === undefined ? {} : { send: briefSend(send) }),
    ...step,
    ...(prefetch === undefined ? {} : { prefetch: without(prefetch, 'class', 'backfill') }),
  });
}

function briefSend(send: NonNullable<PrintedRule['then'][number]['send']>): unknown {
  const said = brief(without(send, 'class', 'routine'));
  return Object.keys(said).length === 1 ? send.to : said;
}

/** Without what a document need not say. */
function without(values: object, key: string, usual: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => name !== key || value !== usual));
}

/** A list of one is its one value. */
function briefValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.length === 1 ? value[0] : value;
  }
  return typeof value === 'object' && value !== null ? brief(value) : value;
}

function brief(values: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, briefValue(value)]),
  );
}

function flowNode(document: Document, value: unknown) {
  const node = document.createNode(value, { flow: true });
  if (isMap(node) || isSeq(node)) {
    node.flow = true;
  }
  return node;
}
