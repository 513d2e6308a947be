import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHttp, type TestHttp } from '../support/http.ts';
import { allFiles, filesRoot, hasCorpus } from './corpus.ts';

/** What an opening may take: 64 kB. */
const MOST_BYTES = 64_000;
const PAGE = 200;

interface Opening {
  readonly study: { readonly series: readonly { readonly rows: number | null }[] };
  readonly more: number;
  readonly preview: { readonly data: string } | null;
}

describe('opening each study of the corpus', () => {
  let http: TestHttp;
  const uids: string[] = [];

  beforeAll(async () => {
    http = await openTestHttp();
    for (const name of allFiles()) {
      // What is refused is refused: this is about what is kept.
      await (await http.stow([readFileSync(join(filesRoot, name))])).arrayBuffer();
    }
    for (let after = ''; ; ) {
      const response = await http.ask(`/api/studies?limit=${PAGE}&after=${encodeURIComponent(after)}`);
      const page = (await response.json()) as { studies: { studyInstanceUid: string }[]; next: string | null };
      uids.push(...page.studies.map(({ studyInstanceUid }) => studyInstanceUid));
      if (page.next === null) {
        break;
      }
      after = page.next;
    }
  }, 300_000);
  afterAll(async () => {
    await http[Symbol.asyncDispose]();
  });

  it('takes 64 kB at most, with a picture that others decode', { timeout: 300_000 }, async () => {
    expect(uids.length).toBeGreaterThan(hasCorpus ? 100 : 10);
    const without: string[] = [];
    for (const uid of uids) {
      const response = await http.ask(`/api/studies/${uid}/opening`);
      const body = Buffer.from(await response.arrayBuffer());
      expect(response.status, uid).toBe(200);
      expect(body.length, uid).toBeLessThanOrEqual(MOST_BYTES);
      const { study, preview } = JSON.parse(body.toString()) as Opening;
      if (preview !== null) {
        const { info } = await sharp(Buffer.from(preview.data, 'base64')).raw().toBuffer({ resolveWithObject: true });
        expect(info.width * info.height, uid).toBeGreaterThan(0);
        expect(Math.max(info.width, info.height), uid).toBeLessThanOrEqual(768);
      } else if (study.series.some(({ rows }) => rows !== null && rows > 0)) {
        without.push(uid);
      }
    }
    // What no picture can be made of, broken or video: few.
    expect(without.length, without.join(' ')).toBeLessThan(uids.length / 10);
  });
});
