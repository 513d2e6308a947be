import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

const HEALTH = { problems: ['one'], warnings: [] };

function metrics(): Metrics {
  return new Metrics({ version: '1.2.3', connections: () => 4 });
}

describe('what /metrics tells', () => {
  it('has a histogram of every stage, of those nothing passed yet too', async () => {
    using figures = metrics();
    figures.meter.observe('index', 0.003);
    figures.meter.observe('index', 0.2);
    const text = await figures.text({ facilities: 'all' }, HEALTH);
    expect(text).toContain('filmless_stage_seconds_bucket{le="0.0025",stage="index"} 0\n');
    expect(text).toContain('filmless_stage_seconds_bucket{le="0.005",stage="index"} 1\n');
    expect(text).toContain('filmless_stage_seconds_count{stage="index"} 2\n');
    expect(text).toContain('filmless_stage_seconds_count{stage="delivery"} 0\n');
    expect(text).toContain('filmless_problems 1\n');
    expect(text).toContain('filmless_http_connections 4\n');
  });

  it('never throws at a measurement that is none', async () => {
    using figures = metrics();
    for (const seconds of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      figures.meter.observe('object', seconds);
    }
    expect(await figures.text({ facilities: 'all' }, HEALTH)).toContain('filmless_stage_seconds_count{stage="object"} 0\n');
  });

  it('counts by route, method and class of status: made-up methods are one', async () => {
    using figures = metrics();
    for (const method of ['GET', 'BREW', 'STIR']) {
      figures.http.begin();
      figures.http.end({ method, route: '/dicom-web/studies/:study', status: 404, seconds: 0.01 });
    }
    const text = await figures.text({ facilities: 'all' }, HEALTH);
    expect(text).toContain(
      'filmless_http_request_seconds_count{route="/dicom-web/studies/:study",method="OTHER",status="4xx"} 2\n',
    );
    expect(text).toContain('filmless_http_requests_total{method="GET",status="404"} 1\n');
    expect(text).toContain('filmless_http_requests_running 0\n');
  });

  it('tells of what is kept and asked for only those who reach every facility', async () => {
    using figures = metrics();
    figures.watchData({
      dataDir: '.',
      databases: [],
      stores: new Map([['stored', 7]]),
      associations: () => 2,
      silentMachines: () => 1,
      queues: async () => ({ queued: 1, sending: 2, aside: 3 }),
    });
    const all = await figures.text({ facilities: 'all' }, HEALTH);
    expect(all).toContain('filmless_stores_total{outcome="stored"} 7\n');
    expect(all).toContain('filmless_deliveries{state="aside"} 3\n');
    expect(all).toContain('filmless_associations_open 2\n');
    expect(all).toContain('filmless_machines_silent 1\n');
    expect(all).toMatch(/^filmless_disk_free_bytes [1-9]\d*$/m);
    const some = await figures.text({ facilities: ['main'] }, HEALTH);
    expect(some).toContain('process_resident_memory_bytes');
    for (const word of ['stores', 'deliveries', 'stage_seconds', 'associations', 'request_seconds']) {
      expect(some).not.toContain(word);
    }
  });
});
