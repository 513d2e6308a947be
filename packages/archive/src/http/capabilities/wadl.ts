import { escapeXml } from '../native-xml.ts';

/** One element of a WADL document. W3C member submission of 31 August 2009; PS3.18 annex H. */
export interface Element {
  readonly name:
    | 'application'
    | 'resources'
    | 'resource'
    | 'method'
    | 'request'
    | 'response'
    | 'param'
    | 'option'
    | 'representation';
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

export function element(name: Element['name'], attributes: Element['attributes'], children: readonly Element[] = []): Element {
  return { name, attributes, children };
}

const NAMESPACE = 'http://wadl.dev.java.net/2009/02';

/** A document as XML. */
export function wadlXml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>${elementXml({ ...root, attributes: { xmlns: NAMESPACE, ...root.attributes } })}`;
}

function elementXml({ name, attributes, children }: Element): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  const inner = children.map(elementXml).join('');
  return inner === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inner}</${name}>`;
}

type WadlJson = { readonly [key: string]: string | readonly WadlJson[] | WadlJson };

/** The same as JSON: attributes are members that begin with `@`, elements are members by their name, each a list. */
export function wadlJson(root: Element): WadlJson {
  return { [root.name]: elementJson(root) };
}

function elementJson({ attributes, children }: Element): WadlJson {
  const members = Object.entries(attributes).map(([key, value]) => [`@${key}`, value] as const);
  const lists = [...Map.groupBy(children, ({ name }) => name)].map(
    ([name, elements]) => [name, elements.map(elementJson)] as const,
  );
  return Object.fromEntries([...members, ...lists]);
}
