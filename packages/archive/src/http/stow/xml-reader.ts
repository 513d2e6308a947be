import { ArchiveError } from '../../core/errors.ts';

/** An element of an XML document. */
export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All its own text, joined. */
  readonly text: string;
}

interface Open extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const ENTITIES: ReadonlyMap<string, string> = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));
/** Items of sequences: two elements each. */
const MAX_DEPTH = 200;
/** Elements of one document: an enhanced image of 1,000 frames has 100,000. */
const MAX_ELEMENTS = 200_000;
const NONE: ReadonlyMap<string, string> = new Map();
const NAME = /[^\s=/>'"<&]+/y;
const SPACE = /\s*/y;
const VALUE = /\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;

/**
 * Reads a document of elements, attributes and text. Without a document type: nothing is declared, fetched or expanded.
 * @throws ArchiveError `invalid-request`
 */
export function readXml(text: string): XmlElement {
  return new Reader(text).document();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #elements = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlElement {
    const top: Open = { name: '', attributes: new Map(), children: [], text: '' };
    const open: Open[] = [top];
    while (this.#at < this.#text.length) {
      const [current = top] = open.slice(-1);
      const next = this.#text.indexOf('<', this.#at);
      const end = next === -1 ? this.#text.length : next;
      if (end > this.#at) {
        current.text += unescaped(this.#text.slice(this.#at, end));
        this.#at = end;
      } else {
        this.#markup(open, current);
      }
    }
    const [root] = top.children;
    if (open.length > 1 || root === undefined || top.children.length > 1 || top.text.trim().replace('\ufeff', '') !== '') {
      throw broken('it is not one whole element');
    }
    return root;
  }

  #markup(open: Open[], current: Open): void {
    if (this.#skipped('<?', '?>') || this.#skipped('<!--', '-->')) {
      return;
    }
    if (this.#text.startsWith('<![CDATA[', this.#at)) {
      const end = this.#find(']]>');
      current.text += this.#text.slice(this.#at + 9, end);
      this.#at = end + 3;
      return;
    }
    if (this.#text.startsWith('<!', this.#at)) {
      throw broken('a document type is not taken');
    }
    if (this.#text.startsWith('</', this.#at)) {
      this.#close(open, current);
      return;
    }
    this.#open(open, current);
  }

  #skipped(begin: string, end: string): boolean {
    if (!this.#text.startsWith(begin, this.#at)) {
      return false;
    }
    this.#at = this.#find(end) + end.length;
    return true;
  }

  #close(open: Open[], current: Open): void {
    const end = this.#find('>');
    const named = this.#text.slice(this.#at + 2, end).trim();
    if (open.length === 1 || local(named) !== current.name) {
      throw broken(`</${named.slice(0, 40)}> closes nothing`);
    }
    open.pop();
    this.#at = end + 1;
  }

  #open(open: Open[], current: Open): void {
    this.#at += 1;
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS) {
      throw broken(`it has more than ${MAX_ELEMENTS} elements`);
    }
    const name = local(this.#match(NAME)[0]);
    const element: Open = { name, attributes: this.#attributes(), children: [], text: '' };
    current.children.push(element);
    if (this.#text[this.#at] === '>') {
      if (open.length > MAX_DEPTH) {
        throw broken(`its elements are nested more than ${MAX_DEPTH} deep`);
      }
      open.push(element);
      this.#at += 1;
    } else {
      this.#at += 2;
    }
  }

  #attributes(): ReadonlyMap<string, string> {
    let attributes: Map<string, string> | undefined;
    for (;;) {
      this.#match(SPACE);
      if (this.#text.startsWith('/>', this.#at) || this.#text[this.#at] === '>') {
        return attributes ?? NONE;
      }
      const name = this.#match(NAME)[0];
      const [, double, single] = this.#match(VALUE);
      attributes ??= new Map();
      attributes.set(name, unescaped(double ?? single ?? ''));
    }
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) {
      throw broken(`at character ${this.#at}`);
    }
    this.#at = pattern.lastIndex;
    return found;
  }

  #find(wanted: string): number {
    const found = this.#text.indexOf(wanted, this.#at);
    if (found === -1) {
      throw broken(`${wanted} is missing`);
    }
    return found;
  }
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function unescaped(text: string): string {
  if (!text.includes('&')) {
    return text;
  }
  return text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w{1,8}));|&/g, (_, decimal?: string, hex?: string, name?: string) => {
    const known = name === undefined ? undefined : ENTITIES.get(name);
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    if (known === undefined && !(code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff))) {
      throw broken('an entity that XML does not have');
    }
    return known ?? String.fromCodePoint(code);
  });
}

function broken(what: string): ArchiveError {
  return new ArchiveError('invalid-request', `The XML cannot be read: ${what}.`);
}
