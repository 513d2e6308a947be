import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesWithoutCell, LACKS, matrix, PEERS, PROOFS, problemOf } from '../conformance/interoperation.ts';
import { sectionNames, withSections } from '../conformance/markdown.ts';
import { SECTIONS } from '../conformance/sections.ts';
import { SERVICE_STATUSES, statusesInSources } from '../conformance/statuses.ts';

/*
 * docs/conformance.md against the code. Its tables are written anew by
 *
 *     FILMLESS_WRITE_CONFORMANCE=1 npx vitest run --project contract packages/dicom-router/test/contract/conformance.test.ts
 */

const ROOT = join(import.meta.dirname, '../../../..');
const DOCUMENT = join(ROOT, 'docs/conformance.md');

describe('docs/conformance.md', () => {
  it('has every table as the code has it', () => {
    const written = readFileSync(DOCUMENT, 'utf8');
    const made = withSections(written, SECTIONS);
    if (process.env.FILMLESS_WRITE_CONFORMANCE === '1') {
      writeFileSync(DOCUMENT, made);
    } else {
      expect(
        written,
        'the code has changed: write the tables anew, as this test says at its top, and read what stands around them',
      ).toBe(made);
    }
  });

  it('leaves no table out, and has none twice', () => {
    expect(sectionNames(readFileSync(DOCUMENT, 'utf8')).toSorted()).toEqual([...SECTIONS.keys()].toSorted());
  });

  it.each(SERVICE_STATUSES)('knows every status that the sources of $service answer with, and no other', (service) => {
    expect(Object.keys(service.when).toSorted()).toEqual(statusesInSources(service).toSorted());
  });

  it('looks for statuses in every source that answers with one', () => {
    const src = join(ROOT, 'packages/dicom-router/src');
    const folders = '{commitment,dimse,mpps,query,retrieve,worklist}/*.ts';
    const answering = [...globSync(folders, { cwd: src }), 'receiving.ts']
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !file.endsWith('.test.ts') && /\bstatus: '[a-z]/.test(readFileSync(join(src, file), 'utf8')));
    expect(answering.length).toBeGreaterThan(10);
    const read = new Set(SERVICE_STATUSES.flatMap(({ sources }) => sources));
    expect(answering.filter((file) => !read.has(file))).toEqual([]);
  });
});

describe('its configuration', () => {
  const options = readFileSync(join(ROOT, 'packages/filmless/src/config/options.ts'), 'utf8');
  const rows = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^\| [^|]+ \| `(--[a-z-]+)` \| `?([^|`;]+?)`?(?:;[^|]*)? \|$/gm)];

  it.each(rows.map(([, flag = '', value = '']) => [flag, value]))('says the default of %s', (flag, value) => {
    const option = options.split('  {\n').find((text) => text.includes(`flag: '${flag}'`));
    expect(option).toBeDefined();
    expect(/fallback: '([^']*)'/.exec(option ?? '')?.[1] ?? 'none').toBe(value);
  });

  it('has rows', () => {
    expect(rows.length).toBe(3);
  });
});

describe('the interoperation matrix', () => {
  it.each(PROOFS)('has a test for $service as $role with $peer: $title', (proof) => {
    expect(problemOf(proof)).toBeUndefined();
  });

  it('finds no test that is not there', () => {
    const [first] = PROOFS;
    expect(first).toBeDefined();
    if (first !== undefined) {
      expect(problemOf({ ...first, title: 'a test nobody wrote' })).toContain('has no test called');
      expect(problemOf({ ...first, peer: 'Orthanc' })).toContain('does not say that it needs orthanc');
    }
  });

  it('names every file of tests with a peer, so that a new service does not go missing here', () => {
    expect(filesWithoutCell()).toEqual([]);
  });

  it('has tests with each peer', () => {
    expect(new Set(PROOFS.map(({ peer }) => peer))).toEqual(new Set(PEERS));
  });

  it.each(matrix())('has each cell of $service as $role tested, or says why the peer cannot', ({ cells }) => {
    for (const { peer, tls, tested, lack } of cells) {
      expect({ peer, tls, filled: tested !== (lack !== undefined) }).toEqual({ peer, tls, filled: true });
    }
  });

  it('says of no service that it is missing that is in no row', () => {
    const rows = new Set(matrix().map(({ service, role }) => `${service} ${role}`));
    expect(LACKS.filter(({ service, role }) => !rows.has(`${service} ${role}`))).toEqual([]);
  });
});
