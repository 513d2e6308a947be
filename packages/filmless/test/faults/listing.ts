import type { DataSet } from '@filmless/dicom';
import type { Product } from '../support/product.ts';

const PAGE = 1000;
const INSTANCE = '00080018';
const SERIES = '0020000E';
const STUDY = '0020000D';

export interface Listed {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
}

/** Everything a level of QIDO-RS gives, page by page. */
export async function qido(product: Product, level: 'studies' | 'series' | 'instances'): Promise<readonly DataSet[]> {
  const all: DataSet[] = [];
  for (;;) {
    const response = await product.fetch(`/dicom-web/${level}?includefield=all&limit=${PAGE}&offset=${all.length}`);
    if (response.status !== 200) {
      throw new Error(`QIDO answered ${response.status}: ${await response.text()}`);
    }
    const page = (await response.json()) as readonly DataSet[];
    all.push(...page);
    if (page.length < PAGE) {
      return all;
    }
  }
}

const text = (dataSet: DataSet, tag: string) => String(dataSet[tag]?.Value?.[0] ?? '');

export async function listedInstances(product: Product): Promise<readonly Listed[]> {
  const found = await qido(product, 'instances');
  return found.map((dataSet) => ({
    study: text(dataSet, STUDY),
    series: text(dataSet, SERIES),
    sop: text(dataSet, INSTANCE),
  }));
}

type Listing = { readonly completeness: object; readonly receipt: object };

/** A study of the list without what the clock alone changes: one that was arriving is complete once it has been quiet. */
function withoutClock({ completeness, receipt, ...study }: Listing): object {
  return { ...study, completeness: { ...completeness, state: '' }, receipt: { ...receipt, state: '' } };
}

/** All that the index shows, in an order that does not depend on how it was made, without the server's address. */
export async function wholeIndex(product: Product): Promise<readonly string[]> {
  const levels = await Promise.all((['studies', 'series', 'instances'] as const).map((level) => qido(product, level)));
  const list: unknown = await (await product.fetch('/api/studies?limit=200')).json();
  const studies = (list as { readonly studies: readonly Listing[] }).studies.map(withoutClock);
  const withoutAddress = (value: object) => JSON.stringify(value).replaceAll(product.url, '');
  return [...levels.flat(), ...studies].map(withoutAddress).sort();
}
