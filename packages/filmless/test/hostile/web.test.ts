import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEED } from '../faults/hostile/dice.ts';
import { peakMb, resetPeak, Watch } from '../faults/hostile/watch.ts';
import { documentCases } from '../faults/hostile/web/documents.ts';
import { attackWithLengths } from '../faults/hostile/web/lengths.ts';
import { MODELS } from '../faults/hostile/web/models.ts';
import { NOTES_AND_COMMITMENTS } from '../faults/hostile/web/notes.ts';
import { parameterCases } from '../faults/hostile/web/parameters.ts';
import { stateCases } from '../faults/hostile/web/states.ts';
import { TRANSCODED } from '../faults/hostile/web/transcoding.ts';
import { attackUploads } from '../faults/hostile/web/uploads.ts';
import { attackByWeb, type WebCase } from '../faults/hostile/web/web-attack.ts';
import { smallInstance } from '../faults/instances.ts';
import { stow } from '../faults/load.ts';
import { type Product, startProduct } from '../support/product.ts';

const CONFIG = `
unknownAes: [echo, store, query, retrieve]
`;
/** What other clients are promised. */
const ANSWER_MS = 1000;
/** What it may take at most, whatever comes: a frame that is decoded has up to 512 MiB, and its decoder as much again. */
const MOST_MB = 2000;
const LARGE = smallInstance(`${SEED}/web`, 0, 512);

describe(`web services under attack (FILMLESS_SEED=${SEED})`, () => {
  let product: Product;
  let watch: Watch;
  beforeAll(async () => {
    product = await startProduct({ config: CONFIG });
    expect((await stow(product, [LARGE.file])).status).toBe(200);
    watch = new Watch(product, SEED);
  });
  afterAll(async () => {
    await watch[Symbol.asyncDispose]();
    await product[Symbol.asyncDispose]();
  });

  /** Refuses, or answers, each of them in words, and in bounded memory. */
  async function expectAnswers(what: string, cases: readonly WebCase[]): Promise<void> {
    await resetPeak(product);
    const { faults, ...figures } = await attackByWeb(product, cases);
    const peak = await peakMb(product);
    console.info(JSON.stringify({ what, ...figures, peakMb: Math.round(peak) }));
    expect(faults).toEqual([]);
    expect(peak).toBeLessThan(MOST_MB);
  }

  it('takes metadata with bulk data for what it is, whatever it is called', async () => {
    await expectAnswers('models', MODELS);
  });

  it('gives pictures, ranges and answers to searches for parameters that mean something, and words for all others', async () => {
    await expectAnswers('parameters', parameterCases(LARGE));
  });

  it('applies a presentation state that can be applied, and says what is wrong with any other', async () => {
    await expectAnswers('states', stateCases(LARGE));
  });

  it('carries out no rejection note, and answers no commitment request, beyond its bounds', async () => {
    await expectAnswers('notes', NOTES_AND_COMMITMENTS);
  });

  it('makes no document of what is none', async () => {
    await expectAnswers('documents', documentCases(LARGE));
  });

  it('decodes what it kept of the bombs for other transfer syntaxes within bounds, or says why not', async () => {
    await expectAnswers('transcoding', TRANSCODED);
  });

  it('keeps no piece of an upload at a place where it does not belong', async () => {
    expect(await attackUploads(product, SEED)).toEqual([]);
  });

  it('waits within bounds for what was announced and does not come, and takes no memory for it', async () => {
    await resetPeak(product);
    const before = await peakMb(product);
    expect(await attackWithLengths(product, LARGE)).toEqual([]);
    expect((await peakMb(product)) - before).toBeLessThan(200);
  });

  it('has served an honest client all the time, and failed at nothing', () => {
    expect(watch.alive).toBe(true);
    expect(watch.failures).toEqual([]);
    for (const what of ['echo', 'query', 'store']) {
      const waited = watch.waited(what);
      console.info(JSON.stringify({ what: `an honest ${what}, ms`, ...waited }));
      expect(waited.p95, what).toBeLessThan(ANSWER_MS);
    }
    const errors = product
      .log()
      .split('\n')
      .filter((line) => line !== '' && (JSON.parse(line) as { readonly level: string }).level === 'error');
    expect(errors).toEqual([]);
  });
});
