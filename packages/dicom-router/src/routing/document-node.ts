import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { messageOf } from '../errors.ts';
import { didYouMean } from './near-word.ts';
import type { Place } from './rule.ts';

/** A fault at a place of a document; the message ends without a full stop where a sentence is meant to be continued. */
export class DocumentFault extends Error implements Place {
  readonly line: number;
  readonly column: number;

  constructor({ line, column }: Place, message: string) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

const MOST_DEPTH = 10;

interface Context {
  readonly text: string;
  readonly lines: LineCounter;
}

/** A key of a map with the place it stands at. */
export interface DocumentKey {
  readonly name: string;
  readonly place: Place;
}

/** A place in a document of YAML, or of JSON, which is YAML too. Every method throws a DocumentFault that says what to write. */
export class DocumentNode {
  readonly #node: unknown;
  readonly #context: Context;
  readonly #offset: number;

  private constructor(node: unknown, context: Context, offset: number) {
    this.#node = node;
    this.#context = context;
    this.#offset = (node as Node | null)?.range?.[0] ?? offset;
  }

  /** @throws DocumentFault when it is no YAML, or nested too deep to be read */
  static parse(text: string): DocumentNode {
    const lines = new LineCounter();
    // NOTE: keys are looked at here, in time that grows with their number; the library compares each with each.
    const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' } as const;
    try {
      const document = parseDocument(text, options);
      const [error] = document.errors;
      if (error === undefined) {
        return new DocumentNode(document.contents, { text, lines }, 0);
      }
      const { line, col } = lines.linePos(error.pos[0]);
      throw new DocumentFault(
        { line: Math.max(1, line), column: Math.max(1, col) },
        `This is no YAML: ${sentence(error.message)}`,
      );
    } catch (error) {
      if (error instanceof RangeError) {
        throw new DocumentFault({ line: 1, column: 1 }, `The document is nested too deep to be read (${messageOf(error)}).`);
      }
      throw error;
    }
  }

  get place(): Place {
    return this.#at(this.#offset);
  }

  get isEmpty(): boolean {
    return this.#node === null || this.#node === undefined || (isScalar(this.#node) && this.#node.value === null);
  }

  /** Its text with the spaces before it in its line, so that it can stand alone. */
  get source(): string {
    const [from = 0, , to = from] = (this.#node as Node | null)?.range ?? [];
    const { column } = this.#at(from);
    return this.isBlock ? `${' '.repeat(column - 1)}${this.#context.text.slice(from, to)}` : this.#context.text.slice(from, to);
  }

  /** A list with an item a line. */
  get isBlock(): boolean {
    return isSeq(this.#node) && this.#node.flow !== true;
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  fail(message: string): never {
    throw new DocumentFault(this.place, message);
  }

  failAt(place: Place, message: string): never {
    throw new DocumentFault(place, message);
  }

  /** @throws DocumentFault for a key that stands there twice */
  keys(example: string): readonly DocumentKey[] {
    if (!isMap(this.#node)) {
      return this.#misfit(`Here stand keys with values. Write for instance: ${example}`);
    }
    const seen = new Set<string>();
    return this.#node.items.map(({ key }) => {
      const name = isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))) : '';
      const place = this.#at((key as Node | null)?.range?.[0] ?? this.#offset);
      if (!isScalar(key) || name === '') {
        throw new DocumentFault(place, `A key is one word. Write for instance: ${example}`);
      }
      if (seen.has(name)) {
        throw new DocumentFault(place, `"${name}" stands here a second time. Leave one of them out, or write a list.`);
      }
      seen.add(name);
      return { name, place };
    });
  }

  /** The keys, all of which are known. */
  onlyKeys(known: readonly string[], example: string): readonly DocumentKey[] {
    const keys = this.keys(example);
    const stranger = keys.find(({ name }) => !known.includes(name));
    if (stranger !== undefined) {
      const hint = didYouMean(stranger.name, known) || ` Known are ${known.join(', ')}.`;
      throw new DocumentFault(stranger.place, `There is no key "${stranger.name}" here.${hint}`);
    }
    return keys;
  }

  /** Undefined where the key is missing or has no value. */
  get(key: string): DocumentNode | undefined {
    const pair = isMap(this.#node)
      ? this.#node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const offset = (pair?.key as Node | undefined)?.range?.[0] ?? this.#offset;
    const child = pair === undefined ? undefined : new DocumentNode(pair.value, this.#context, offset);
    return child === undefined || child.isEmpty ? undefined : child;
  }

  items(example: string): readonly DocumentNode[] {
    if (!isSeq(this.#node)) {
      return this.#misfit(`Here stands a list. Write for instance: ${example}`);
    }
    return this.#node.items.map((item) => new DocumentNode(item, this.#context, this.#offset));
  }

  /** The items of a list, or the one thing that stands in its place. */
  oneOrMore(): readonly DocumentNode[] {
    return isSeq(this.#node) ? this.items('[a, b]') : [this];
  }

  /** One value as it was written, NFC; numbers and truth values too. */
  text(example: string): string {
    if (!isScalar(this.#node) || this.isEmpty) {
      return this.#misfit(`Here stands one value. Write for instance: ${example}`);
    }
    const { value, source } = this.#node;
    return (typeof value === 'string' ? value : (source ?? String(value))).normalize('NFC');
  }

  /** As values of JSON; what is nested deeper than anybody writes is a fault. */
  plain(depth = 0): unknown {
    if (depth > MOST_DEPTH) {
      return this.fail('This is nested deeper than anything that is set here.');
    }
    if (isMap(this.#node)) {
      return Object.fromEntries(this.keys('key: value').map(({ name }) => [name, this.get(name)?.plain(depth + 1) ?? null]));
    }
    if (isSeq(this.#node)) {
      return this.items('[a, b]').map((item) => item.plain(depth + 1));
    }
    return isScalar(this.#node) ? this.#node.value : this.#misfit('Here stands a value.');
  }

  truth(): boolean {
    const text = this.text('true');
    return text === 'true' || (text !== 'false' && this.fail(`"${short(text)}" is neither true nor false.`));
  }

  integer(least: number, most: number): number {
    const text = this.text(String(least));
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : this.fail(`"${short(text)}" is no whole number from ${least} to ${most}.`);
  }

  #misfit(message: string): never {
    return this.fail(isAlias(this.#node) ? 'References (*name) are not taken here. Write out what it stands for.' : message);
  }

  #at(offset: number): Place {
    const { line, col } = this.#context.lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** A value in a message: what a document holds may be long. */
export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function sentence(message: string): string {
  const first = message.split('\n')[0] ?? '';
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
