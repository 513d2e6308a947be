import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { distance } from './arguments.ts';
import { ConfigError } from './config-error.ts';

const MAX_BYTES = 1024 * 1024;

/** A place in a YAML file that knows its line. @throws ConfigError from every method, naming the line */
export class YamlNode {
  readonly #node: unknown;
  readonly #lines: LineCounter;
  readonly #file: string;
  readonly #offset: number;

  private constructor(node: unknown, lines: LineCounter, file: string, offset: number) {
    this.#node = node;
    this.#lines = lines;
    this.#file = file;
    this.#offset = (node as Node | null)?.range?.[0] ?? offset;
  }

  static parse(text: string, file: string): YamlNode {
    if (text.length > MAX_BYTES) {
      throw new ConfigError(`${file} is larger than ${MAX_BYTES} bytes: this is no configuration of Filmless.`);
    }
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
    const root = new YamlNode(document.contents, lines, file, 0);
    const [error] = document.errors;
    if (error !== undefined) {
      throw new ConfigError(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message}.`);
    }
    return root;
  }

  /** `filmless.yaml:12` */
  get where(): string {
    return `${this.#file}:${Math.max(1, this.#lines.linePos(this.#offset).line)}`;
  }

  get isEmpty(): boolean {
    return this.#node === null || this.#node === undefined || (isScalar(this.#node) && this.#node.value === null);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  fail(message: string): never {
    throw new ConfigError(`${this.where}: ${message}.`);
  }

  keys(): readonly string[] {
    if (this.isEmpty) {
      return [];
    }
    if (!isMap(this.#node)) {
      return this.fail('here stand keys with values, as in "host: 127.0.0.1"');
    }
    return this.#node.items.map(({ key }) => String(isScalar(key) ? key.value : key));
  }

  get(key: string): YamlNode | undefined {
    if (!this.keys().includes(key) || !isMap(this.#node)) {
      return undefined;
    }
    const child = new YamlNode(this.#node.get(key, true), this.#lines, this.#file, this.#offset);
    return child.isEmpty ? undefined : child;
  }

  need(key: string): YamlNode {
    return this.get(key) ?? this.fail(`"${key}" is missing`);
  }

  onlyKeys(known: readonly string[]): void {
    const stranger = this.keys().find((key) => !known.includes(key));
    if (stranger !== undefined) {
      const near = known.find((key) => distance(key, stranger) <= 2);
      const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`;
      (this.get(stranger) ?? this).fail(`there is no setting "${stranger}"; ${hint}`);
    }
  }

  items(): readonly YamlNode[] {
    if (!isSeq(this.#node)) {
      return this.fail('here stands a list, as in "- a" or "[a, b]"');
    }
    return this.#node.items.map((item) => new YamlNode(item, this.#lines, this.#file, this.#offset));
  }

  /** Numbers and truth values as they were written. */
  text(): string {
    if (!isScalar(this.#node) || this.isEmpty) {
      return this.fail('here stands one value');
    }
    return typeof this.#node.value === 'string' ? this.#node.value : (this.#node.source ?? String(this.#node.value));
  }

  /** All that is below, as JSON has it. */
  json(): unknown {
    return this.isEmpty || !isNode(this.#node) ? null : this.#node.toJSON();
  }

  /** The place a path of keys and indexes leads to, or as far as it leads. */
  at(path: readonly (string | number)[]): YamlNode {
    const [step, ...rest] = path;
    const next =
      typeof step === 'number'
        ? isSeq(this.#node)
          ? this.items()[step]
          : undefined
        : step === undefined || !this.isMap
          ? undefined
          : this.get(step);
    return next === undefined ? this : next.at(rest);
  }

  truth(): boolean {
    const text = this.text();
    return text === 'true' || (text !== 'false' && this.fail(`"${text}" is neither true nor false`));
  }

  integer(least: number, most: number): number {
    const value = Number(this.text());
    return Number.isInteger(value) && value >= least && value <= most
      ? value
      : this.fail(`"${this.text()}" is no whole number from ${least} to ${most}`);
  }
}
