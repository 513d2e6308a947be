import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LAYERS } from './layers.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The rows of the table whose head begins so, cell by cell. */
function tableRows(text: string, head: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(head));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  const rows = start < 0 ? [] : lines.slice(start + 2, end);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const listed = (names: readonly string[]): string => (names.length === 0 ? '-' : names.map((name) => `\`${name}\``).join(', '));

describe('docs/architecture.md', () => {
  const text = read('docs/architecture.md');

  it('has the arrows between packages that the layer check allows', () => {
    const rows = Object.entries(LAYERS).map(([owner, { mayImport, onlyOutside, node }]) => [
      `\`${owner}\``,
      listed(mayImport),
      onlyOutside === undefined ? 'any' : `only ${listed(onlyOutside)}`,
      node === false ? 'no' : 'yes',
    ]);
    expect(tableRows(text, '| package | may import of ours |')).toEqual(rows);
  });

  it('has the arrows between folders that the layer check allows', () => {
    const rows = Object.entries(LAYERS).flatMap(([owner, { inside = {} }]) =>
      Object.entries(inside).map(([folder, others]) => [`\`${owner}/src/${folder}\``, listed(others)]),
    );
    expect(tableRows(text, '| folder | may import beside itself |')).toEqual(rows);
  });

  it('says what each package is', () => {
    const named = tableRows(text, '| package | what it is |').map(([name]) => name);
    expect(named).toEqual(Object.keys(LAYERS).map((name) => `\`${name}\``));
  });
});

describe('docs/storage-layout.md', () => {
  const text = read('docs/storage-layout.md');
  const tables = globSync('packages/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => [...read(file).matchAll(/CREATE (?:VIRTUAL )?TABLE (?!IF\b)(\w+)/g)].map((match) => match[1] ?? ''));

  it.each(tables)('names the table %s', (table) => {
    expect(text).toContain(`| \`${table}\` |`);
  });
});

describe('every page', () => {
  const pages = globSync(['docs/**/*.md', 'deploy/*.md', '*.md'], { cwd: root }).map((page) => page.replaceAll('\\', '/'));
  const mentioned = pages.flatMap((page) =>
    [...read(page).matchAll(/`((?:packages|scripts|fixtures|docs|\.ci)\/[^`*\s]*)`/g)].map((match) => ({
      page,
      path: match[1] ?? '',
    })),
  );
  const linked = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => ({ page, path: join(dirname(page), match[1] ?? '') })),
  );

  it('mentions files at all', () => {
    expect(mentioned.length).toBeGreaterThan(50);
  });

  it.each(pages)('%s is one text: no merge left two', (page) => {
    expect(read(page)).not.toMatch(/^(<{7}|={7}|>{7})( |$)/m);
  });

  it.each(mentioned)('$page mentions $path, which is there', ({ path }) => {
    expect(existsSync(join(root, path))).toBe(true);
  });

  it.each(linked)('$page links to $path, which is there', ({ path }) => {
    expect(existsSync(join(root, path))).toBe(true);
  });
});
