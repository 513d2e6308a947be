import { type Document, isMap, isSeq, LineCounter, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { PrintedRule } from './print-rule.ts';
import { documentText, rewriteRule, ruleItemText, ruleNode } from './write-rule.ts';

/** A change of one rule in a document; places count from 0. */
export type RuleEdit =
  | { readonly kind: 'add'; readonly rule: PrintedRule }
  | { readonly kind: 'change'; readonly at: number; readonly rule: PrintedRule }
  | { readonly kind: 'move'; readonly from: number; readonly to: number }
  | { readonly kind: 'remove'; readonly at: number };

/**
 * A document with one rule changed, and every line of the others as it was, notes included. A list that is not written with an item a
 * line (JSON, or in brackets) is written anew as a whole; what is noted in it stays.
 * @param text a document that can be read, with `rules`
 * @throws RangeError for a place at which there is no rule
 */
export function editDocument(text: string, rules: readonly PrintedRule[], edit: RuleEdit): string {
  const places = 'at' in edit ? [edit.at] : 'from' in edit ? [edit.from, edit.to] : [];
  const missing = places.find((place) => rules[place] === undefined);
  if (missing !== undefined) {
    throw new RangeError(`there is no rule at place ${missing}: the document has ${rules.length}`);
  }
  const lines = Lines.of(text);
  return lines === undefined ? editWhole(text, rules, edit) : editLines(lines, rules, edit);
}

/** A list with an item a line: each item with the notes above it, and the empty lines between them. */
class Lines {
  readonly head: readonly string[];
  readonly items: readonly (readonly string[])[];
  /** Empty lines behind each item. */
  readonly gaps: readonly (readonly string[])[];
  readonly indent: string;

  private constructor(head: readonly string[], chunks: readonly (readonly string[])[], indent: string) {
    this.head = head;
    this.indent = indent;
    const lengths = chunks.map((chunk) => chunk.findLastIndex((line) => line.trim() !== '') + 1);
    this.items = chunks.map((chunk, index) => chunk.slice(0, lengths[index]));
    this.gaps = chunks.map((chunk, index) => chunk.slice(lengths[index]));
  }

  /** Undefined where items do not begin on lines of their own. */
  static of(text: string): Lines | undefined {
    const counter = new LineCounter();
    const document = parseDocument(text, { keepSourceTokens: true, lineCounter: counter, uniqueKeys: false, logLevel: 'silent' });
    const list = rulesOf(document);
    const token = list?.srcToken;
    if (list === undefined || list.items.length === 0 || token?.type !== 'block-seq') {
      return undefined;
    }
    const lines = text.split(/\r?\n/);
    const offsets = token.items.flatMap(({ start }) =>
      start.flatMap((part) => (part.type === 'seq-item-ind' ? [part.offset] : [])),
    );
    const dashes = offsets.map((offset) => counter.linePos(offset).line - 1);
    const own = dashes.length === list.items.length && dashes.every((line) => /^ *-/.test(lines[line] ?? ''));
    if (!own) {
      return undefined;
    }
    const starts = dashes.map((line) => aboveNotes(lines, line));
    const [first = 0] = starts;
    const chunks = starts.map((start, index) => lines.slice(start, starts[index + 1] ?? lines.length));
    return new Lines(lines.slice(0, first), chunks, /^ */.exec(lines[dashes[0] ?? 0] ?? '')?.[0] ?? '');
  }

  with(items: readonly (readonly string[])[]): string {
    const gaps = items.map((_, index) => this.gaps[Math.min(index, this.gaps.length - 1)] ?? []);
    const last = this.gaps.at(-1) ?? [];
    const body = items.flatMap((item, index) => [...item, ...(index === items.length - 1 ? last : (gaps[index] ?? []))]);
    return [...this.head, ...(items.length === 0 ? last : body)].join('\n');
  }
}

/** The first of the notes that stand directly above a line. */
function aboveNotes(lines: readonly string[], line: number): number {
  let first = line;
  while (first > 0 && /^\s*#/.test(lines[first - 1] ?? '')) {
    first -= 1;
  }
  return first;
}

function editLines(lines: Lines, rules: readonly PrintedRule[], edit: RuleEdit): string {
  const { items, indent } = lines;
  switch (edit.kind) {
    case 'add':
      return lines.with([...items, indented(ruleItemText(edit.rule), indent)]);
    case 'remove':
      return lines.with(items.filter((_, index) => index !== edit.at));
    case 'move':
      return lines.with(moved(items, edit.from, edit.to));
    case 'change':
      return lines.with(
        items.map((item, index) => (index === edit.at ? changedItem(item, indent, rules[index], edit.rule) : item)),
      );
  }
}

function changedItem(
  item: readonly string[],
  indent: string,
  before: PrintedRule | undefined,
  after: PrintedRule,
): readonly string[] {
  const notes = item.findIndex((line) => !/^\s*#/.test(line));
  const text = item
    .slice(notes)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
    .join('\n');
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  const node = isSeq(document.contents) ? document.contents.items[0] : undefined;
  if (before === undefined || !isMap(node)) {
    return [...item.slice(0, notes), ...indented(ruleItemText(after), indent)];
  }
  rewriteRule(document, node as YAMLMap, before, after);
  return [...item.slice(0, notes), ...indented(documentText(document), indent)];
}

function indented(text: string, indent: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `${indent}${line}`));
}

function moved<T>(items: readonly T[], from: number, to: number): readonly T[] {
  const rest = items.filter((_, index) => index !== from);
  return [...rest.slice(0, to), ...items.slice(from, from + 1), ...rest.slice(to)];
}

function rulesOf(document: Document.Parsed | Document): YAMLSeq | undefined {
  const { contents } = document;
  const list = isMap(contents) ? contents.get('rules', true) : contents;
  return isSeq(list) ? (list as YAMLSeq) : undefined;
}

/** Written anew by the library, which keeps notes. */
function editWhole(text: string, rules: readonly PrintedRule[], edit: RuleEdit): string {
  const document: Document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  const list = rulesOf(document) ?? emptyList(document);
  if (list.items.length === 0) {
    list.flow = false;
  }
  switch (edit.kind) {
    case 'add':
      list.add(ruleNode(document, edit.rule));
      break;
    case 'remove':
      list.items.splice(edit.at, 1);
      break;
    case 'move':
      list.items = [...moved(list.items, edit.from, edit.to)];
      break;
    case 'change': {
      const [node, before] = [list.items[edit.at], rules[edit.at]];
      if (isMap(node) && before !== undefined) {
        rewriteRule(document, node as YAMLMap, before, edit.rule);
      }
    }
  }
  return documentText(document);
}

function emptyList(document: Document): YAMLSeq {
  const list = document.createNode([]) as YAMLSeq;
  if (isMap(document.contents)) {
    document.set('rules', list);
  } else {
    document.contents = document.createNode({ rules: [] });
    document.set('rules', list);
  }
  return list;
}
