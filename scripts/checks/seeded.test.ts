import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tool } from './checks.ts';
import { checkLayers, importsOf } from './layers.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe('the checks find a seeded violation:', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'filmless-checks-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(file: string, text: string): string {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    return file;
  }

  it.each([
    ['packages/archive/src/core/store.ts', "import { Router } from '@filmless/dicom-router';"],
    ['packages/dicom/src/uid.ts', "import { readFile } from 'node:fs/promises';"],
    ['packages/dicom/src/uid.ts', "import { z } from 'zod';"],
    ['packages/archive/src/core/store.ts', "import { search } from '../index/search.ts';"],
    ['packages/archive/src/index/search.ts', "import { app } from '../http/app.ts';"],
    ['packages/dicom-router/src/ul/pdu.ts', "import { command } from '../dimse/command.ts';"],
    ['packages/viewer/src/reading/page.tsx', "const core = await import('@cornerstonejs/core');"],
    ['packages/viewer/src/reading/page.tsx', "import type { Archive } from '../../../archive/src/archive.ts';"],
    ['packages/access/src/store.ts', "import Sqlite from 'better-sqlite3';"],
  ])('an arrow against the layers in %s: %s', (file, line) => {
    expect(checkLayers(folder, [write(file, `${line}\n`)])).toHaveLength(1);
  });

  it('but no arrow of the table', () => {
    const files = [
      write(
        'packages/archive/src/http/app.ts',
        "import { x } from '../core/archive-core.ts';\nimport { y } from '@filmless/dicom';\n",
      ),
      write(
        'packages/dicom-router/src/dimse/command.ts',
        "import { x } from '../ul/pdu.ts';\nimport { y } from '@filmless/access';\n",
      ),
      write('packages/viewer/src/imaging/engine.ts', "import { Enums } from '@cornerstonejs/core';\n"),
    ];
    expect(checkLayers(folder, files)).toEqual([]);
  });

  it('imports over several lines and dynamic ones are seen, comments are not', () => {
    const source =
      "import {\n  a,\n  b,\n} from 'one';\nexport * from 'two';\n// import 'no';\n/* import 'no' */\nconst c = await import('three');\nimport 'four';\n";
    expect(importsOf(source)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('an unused export, by knip', async () => {
    write('package.json', '{ "name": "seeded", "private": true, "type": "module" }');
    write('knip.json', '{ "entry": ["main.ts"], "project": ["*.ts"] }');
    write('main.ts', "import { used } from './part.ts';\nconsole.log(used);\n");
    write('part.ts', 'export const used = 1;\nexport const unusedOnPurpose = 2;\n');
    expect(await tool(root, folder, 'knip', ['--no-progress'])).toContain('unusedOnPurpose');
  });

  it('a floating promise, a misused one and an open switch, by oxlint', async () => {
    cpSync(join(root, 'oxlint.json'), join(folder, 'oxlint.json'));
    write('tsconfig.json', '{ "compilerOptions": { "strict": true, "target": "ES2024", "module": "NodeNext", "types": [] } }');
    write(
      'seeded.ts',
      [
        'async function later(): Promise<boolean> { return true; }',
        'export function floating(): void { later(); }',
        'export function misused(): number { return later() ? 1 : 0; }',
        "export function open(kind: 'a' | 'b'): number { switch (kind) { case 'a': return 1; } return 0; }",
        '',
      ].join('\n'),
    );
    const found = await tool(root, folder, 'oxlint', ['--type-aware', '--deny-warnings', '--config', 'oxlint.json', 'seeded.ts']);
    expect(found).toContain('no-floating-promises');
    expect(found).toContain('no-misused-promises');
    expect(found).toContain('switch-exhaustiveness-check');
  });
});
