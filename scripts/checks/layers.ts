import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** One import that no arrow of the table allows. */
export interface Violation {
  readonly file: string;
  readonly imported: string;
  readonly reason: string;
}

/** What a package may import: our packages by name; the rest of its dependencies is its package.json's and knip's business. */
interface PackageRule {
  readonly mayImport: readonly string[];
  /** Packages from outside that it alone may import, or that it may import and nothing else. */
  readonly onlyOutside?: readonly string[];
  /** False: no `node:` module, so that it works in a browser. */
  readonly node?: boolean;
  /** Folders inside `src` and the folders beside them they may import; a folder that is not named is free. */
  readonly inside?: Readonly<Record<string, readonly string[]>>;
}

/** The table of docs/architecture.md. Tests and `test/` folders are free; a sentence there does not make an arrow here. */
export const LAYERS: Readonly<Record<string, PackageRule>> = {
  'packages/dicom': { mayImport: [], onlyOutside: ['dicom-parser'], node: false },
  'packages/database': { mayImport: [] },
  'packages/disk': { mayImport: ['dicom'] },
  'packages/access': { mayImport: ['dicom', 'database'] },
  'packages/dicom-router': {
    mayImport: ['dicom', 'database', 'disk', 'access'],
    inside: {
      ul: [],
      dimse: ['ul'],
      destinations: ['dimse', 'ul', 'records', 'routing', 'derive'],
      derive: ['records', 'routing'],
      routing: ['records'],
    },
  },
  'packages/archive': {
    mayImport: ['dicom', 'database', 'disk', 'access'],
    inside: { core: [], index: ['core'], records: ['core'], objects: ['core'], pixels: ['core'], http: ['core'] },
  },
  'packages/viewer': { mayImport: ['dicom'], node: false },
  'packages/filmless': { mayImport: ['dicom', 'database', 'disk', 'access', 'dicom-router', 'archive', 'fixtures'] },
  fixtures: { mayImport: ['dicom'] },
  scripts: { mayImport: ['dicom', 'fixtures'] },
};

/** Folders that alone may import some outside packages. */
const RESERVED: readonly (readonly [pattern: RegExp, folder: string])[] = [
  [/^@cornerstonejs\/(core|tools|dicom-image-loader|metadata|utils)/, 'packages/viewer/src/imaging/'],
  [/^better-sqlite3$/, 'packages/database/src/sqlite/'],
  [/^pg$/, 'packages/database/'],
  [/^sharp$/, 'packages/archive/src/pixels/'],
  [/^minio$/, 'packages/archive/src/objects/'],
];

const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[\s;])import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

export function importsOf(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** Holds every import of the files against the table. `files` are paths below `root`. */
export function checkLayers(root: string, files: readonly string[]): readonly Violation[] {
  return files.flatMap((file) => {
    const owner = Object.keys(LAYERS).find((folder) => file.startsWith(`${folder}/`));
    const rule = owner === undefined ? undefined : LAYERS[owner];
    if (owner === undefined || rule === undefined) {
      return [];
    }
    const reasons = importsOf(readFileSync(join(root, file), 'utf8')).map((imported) => ({
      file,
      imported,
      reason: reasonAgainst(root, file, owner, rule, imported),
    }));
    return reasons.flatMap(({ reason, ...where }) => (reason === undefined ? [] : [{ ...where, reason }]));
  });
}

function reasonAgainst(root: string, file: string, owner: string, rule: PackageRule, imported: string): string | undefined {
  if (imported.startsWith('.')) {
    return reasonAgainstPath(root, file, owner, rule, imported);
  }
  const own = /^@filmless\/([^/]+)(\/.*)?$/.exec(imported);
  if (own !== null) {
    const name = own[1] ?? '';
    return rule.mayImport.includes(name) ? undefined : `${owner} may not import ${name}`;
  }
  if (imported.startsWith('node:')) {
    return rule.node === false ? `${owner} must work in a browser` : undefined;
  }
  if (rule.onlyOutside !== undefined && !rule.onlyOutside.includes(imported)) {
    return `${owner} may import only ${rule.onlyOutside.join(', ')}`;
  }
  const reserved = RESERVED.find(([pattern]) => pattern.test(imported));
  return reserved === undefined || file.startsWith(reserved[1]) ? undefined : `only ${reserved[1]} may import it`;
}

function reasonAgainstPath(root: string, file: string, owner: string, rule: PackageRule, imported: string): string | undefined {
  const target = relative(root, resolve(root, dirname(file), imported)).replaceAll('\\', '/');
  if (!target.startsWith(`${owner}/`)) {
    return 'another package is imported by its name, not by a path';
  }
  const from = folderInside(owner, file);
  const to = folderInside(owner, target);
  const allowed = from === undefined ? undefined : rule.inside?.[from];
  if (allowed === undefined || to === from) {
    return undefined;
  }
  if (to === undefined || !allowed.includes(to)) {
    return isSharedRoot(owner, target) ? undefined : `${from}/ may import only ${[from, ...allowed].join(', ')}`;
  }
  return undefined;
}

function folderInside(owner: string, file: string): string | undefined {
  return new RegExp(`^${owner}/src/([^/]+)/`).exec(file)?.[1];
}

/** Files directly in `src` that only declare: types of the package, its errors and what they are found to be, its limits. */
function isSharedRoot(owner: string, target: string): boolean {
  const shared = ['errors', 'finding', 'limits', 'router', 'calls', 'archive'];
  return shared.some((name) => target === `${owner}/src/${name}.ts`);
}
