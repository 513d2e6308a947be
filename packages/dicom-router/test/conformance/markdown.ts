/** A table; cells are text of Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

export const code = (text: string): string => `\`${text}\``;

const SECTION = /<!-- generated: ([a-z-]+) -->\n[\s\S]*?<!-- end -->/g;

/** Names of the generated parts of a document, in its order. */
export function sectionNames(document: string): readonly string[] {
  return [...document.matchAll(SECTION)].map(([, name = '']) => name);
}

/** The document with what stands between its markers made anew. @throws Error for a marker that nothing stands for */
export function withSections(document: string, sections: ReadonlyMap<string, string>): string {
  return document.replace(SECTION, (_, name: string) => {
    const text = sections.get(name);
    if (text === undefined) {
      throw new Error(`nothing is generated for the marker ${name}`);
    }
    return `<!-- generated: ${name} -->\n${text}\n<!-- end -->`;
  });
}
