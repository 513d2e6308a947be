// needs: python
import { sendFiles } from '@filmless/dicom-router';
import { expect, it } from 'vitest';
import { sampleFile, stow } from '../support/facilities.ts';
import { startProduct } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';

/** Reads the exposition format as Prometheus' own library does, and gives back what it found. */
const PARSE = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = []
for family in text_string_to_metric_families(sys.stdin.read()):
    samples = [{"name": s.name, "labels": s.labels, "value": s.value} for s in family.samples if s.value == s.value]
    families.append({"name": family.name, "type": family.type, "help": family.documentation, "samples": samples})
print(json.dumps(families))
`;

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Series of one product that was asked for everything this test asks for; a label with free values would leave it far behind. */
const MOST_SERIES = 1_500;

it('figures are read by Prometheus’ own parser, with every stage, route and queue, and a bounded number of series', async () => {
  await using product = await startProduct();
  const file = await sampleFile();
  await product.fetch('/dicom-web/studies', { method: 'POST', ...stow(file) });
  async function* files(): AsyncGenerator<Uint8Array> {
    yield file;
  }
  await sendFiles({ host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'CT01' }, files());
  for (let number = 0; number < 200; number += 1) {
    await (await product.fetch(`/dicom-web/studies/2.25.${number}/metadata?x=${number}`)).arrayBuffer();
    await (await product.fetch(`/nothing/${number}`)).arrayBuffer();
  }
  const text = await (await product.fetch('/metrics')).text();
  const parsed = await run(PYTHON, ['-c', PARSE], { input: text });
  expect(parsed.stderr).toBe('');
  const families = JSON.parse(parsed.stdout) as readonly Family[];
  const family = (name: string) => families.find((candidate) => candidate.name === name);
  const value = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    families
      .flatMap(({ samples }) => samples)
      .find((sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text))
      ?.value;

  expect(families.filter(({ help, type }) => help === '' || type === 'unknown')).toEqual([]);
  expect(family('filmless_stage_seconds')?.type).toBe('histogram');
  const stages = new Set(family('filmless_stage_seconds')?.samples.map(({ labels }) => labels.stage));
  expect([...stages].toSorted()).toEqual(['answer', 'delivery', 'index', 'inspect', 'object', 'receive', 'render']);
  for (const stage of ['receive', 'inspect', 'object', 'index', 'answer']) {
    expect(value('filmless_stage_seconds_count', { stage }), stage).toBeGreaterThan(0);
  }
  expect(value('filmless_stores_total', { outcome: 'identical' })).toBe(1);
  const metadata = { route: '/dicom-web/studies/:study/metadata', method: 'GET', status: '4xx' };
  expect(value('filmless_http_request_seconds_count', metadata)).toBe(200);
  expect(value('filmless_http_request_seconds_bucket', { ...metadata, le: '+Inf' })).toBe(200);
  expect(value('filmless_deliveries', { state: 'aside' })).toBe(0);
  expect(value('filmless_problems')).toBe(0);
  for (const name of [
    'filmless_disk_free_bytes',
    'filmless_database_bytes',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    expect(value(name), name).toBeGreaterThan(0);
  }
  expect(family('nodejs_gc_duration_seconds')?.type).toBe('histogram');
  expect(families.flatMap(({ samples }) => samples).length).toBeLessThan(MOST_SERIES);
  expect(text).not.toContain('2.25.');
});
