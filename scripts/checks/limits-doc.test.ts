import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

/*
 * docs/limits.md against the sources, both ways: every limit stands there with its default, and what stands there is so.
 * A table belongs to the file its heading names, or has a column of its own for the file.
 */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Documented {
  readonly file: string;
  readonly name: string;
  readonly value: number;
}

const FILE = /^`(packages\/[^`]+\.tsx?)`$/;

function documentedLimits(text: string): readonly Documented[] {
  const found: Documented[] = [];
  let heading: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      heading = /`(packages\/[^`]+\.tsx?)`/.exec(line)?.[1];
    }
    const cells = line.startsWith('| `') ? line.split('|').map((cell) => cell.trim()) : [];
    const name = /^`(\w+)`$/.exec(cells[1] ?? '')?.[1];
    const own = FILE.exec(cells[2] ?? '')?.[1];
    const file = own ?? heading;
    const number = /^[\d,.]+/.exec((own === undefined ? cells[2] : cells[3]) ?? '')?.[0];
    if (name !== undefined && file !== undefined && number !== undefined) {
      found.push({ file, name, value: Number(number.replaceAll(',', '')) });
    }
  }
  return found;
}

/** A number written as a product of powers: `10 * 60_000`, `64 * 2 ** 30`, `0xfffe`. */
function numberOf(expression: string): number {
  const factors = expression
    .replaceAll('_', '')
    .replaceAll('**', '^')
    .split('*')
    .map((factor) => factor.split('^').map(Number));
  return factors.map(([base = Number.NaN, exponent = 1]) => base ** exponent).reduce((product, factor) => product * factor, 1);
}

/** Values given to a name in a source: as a constant, or as a field. */
function valuesIn(source: string, name: string): readonly number[] {
  const given = new RegExp(`\\b${name}\\b\\s*(?::\\s*\\w+\\s*=|[=:])\\s*([\\dxa-f_.* ]+?)\\s*[,;}']`, 'g');
  return [...source.matchAll(given)].map((match) => numberOf(match[1] ?? ''));
}

/** Numbers of an object of limits: bare, as `{ value }`, and not those of objects inside it, which have a table of their own. */
function limitsOf(exported: unknown): ReadonlyMap<string, number> {
  const entries = typeof exported === 'object' && exported !== null ? Object.entries(exported) : [];
  const numbers = entries.flatMap(([name, value]: [string, unknown]) => {
    const inner = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
    return typeof inner === 'number' ? [[name, inner] as const] : [];
  });
  return new Map(numbers);
}

async function exportedLimits(file: string, name: string): Promise<ReadonlyMap<string, number>> {
  const module: unknown = await import(pathToFileURL(join(root, file)).href);
  return limitsOf(new Map(Object.entries(module ?? {})).get(name));
}

const documented = documentedLimits(readFileSync(join(root, 'docs/limits.md'), 'utf8'));
const sources = globSync('packages/{access,archive,database,dicom,dicom-router,disk,filmless,viewer}/src/**/*.ts', { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
  // What a page remembers or shows on a screen is nobody's surprise; what it takes in from files is.
  .filter((file) => !file.startsWith('packages/viewer/') || /^packages\/viewer\/src\/(upload|import)\//.test(file))
  .map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') }));

const objects = sources.flatMap(({ file, source }) =>
  [...source.matchAll(/^export const (\w*LIMITS)\b/gm)].map((match) => ({ file, name: match[1] ?? '' })),
);

/** Names that say: no more than this. */
const BOUND = /^(?:MAX|MOST|LONGEST|LARGEST|SHORTEST|FEWEST)_|_AT_ONCE$|_MS$|_PER_KIND$|^PATIENCE$/;
/** Lengths of time of the calendar, and bounds that are no limit of the product's. */
const NO_LIMIT: ReadonlySet<string> = new Set(['DAY_MS', 'HOUR_MS', 'CLEAN_STAYS_MS']);

const constants = sources.flatMap(({ file, source }) =>
  [...source.matchAll(/^(?:export )?const ([A-Z][A-Z0-9_]*)(?:: number)? = ([\dxa-f_.* ]+);/gm)]
    .map((match) => ({ file, name: match[1] ?? '', value: numberOf(match[2] ?? '') }))
    .filter(({ name }) => BOUND.test(name) && !NO_LIMIT.has(name)),
);

function documentedValue(file: string, name: string): number | undefined {
  return documented.find((limit) => limit.file === file && limit.name === name)?.value;
}

describe('docs/limits.md', () => {
  it('finds the objects of limits in the sources', () => {
    expect(objects.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ACCESS_LIMITS', 'ARCHIVE_LIMITS', 'DEFAULT_READ_LIMITS', 'ROUTER_LIMITS', 'SERVER_LIMITS']),
    );
  });

  it.each(objects)('has every limit of $name in $file, with its default', async ({ file, name }) => {
    const limits = await exportedLimits(file, name);
    expect(limits.size).toBeGreaterThan(0);
    const told = [...limits.keys()].map((limit) => [limit, documentedValue(file, limit)] as const);
    expect(Object.fromEntries(told), `the table of ${file} in docs/limits.md`).toEqual(Object.fromEntries(limits));
  });

  it.each(constants)('has $name of $file with its value', ({ file, name, value }) => {
    expect(documentedValue(file, name), `a row for ${name} of ${file} is missing in docs/limits.md, or says another value`).toBe(
      value,
    );
  });

  it.each(documented)('tells the truth about $name of $file', async ({ file, name, value }) => {
    const source = sources.find((candidate) => candidate.file === file)?.source ?? '';
    const inObjects = await Promise.all(
      objects.filter((object) => object.file === file).map((object) => exportedLimits(file, object.name)),
    );
    expect([...valuesIn(source, name), ...inObjects.map((limits) => limits.get(name))]).toContain(value);
  });

  it('gives a reason and what is seen for each', () => {
    const rows = readFileSync(join(root, 'docs/limits.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| `\w+` \|/.test(line));
    const cells = rows.map((row) => row.split('|').slice(1, -1));
    expect(cells.filter((row) => row.some((cell) => cell.trim() === ''))).toEqual([]);
  });
});
