import { type DataSet, TAG } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDialogue } from '../../src/dimse/open-dialogue.ts';
import { store } from '../../src/dimse/store.ts';
import type { Destination, RouterOptions } from '../../src/index.ts';
import { routerLimits } from '../../src/limits.ts';
import type { TestObject } from '../objects.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { RoutedArchive } from '../routed-archive.ts';

const destination = (id: string, more: Partial<Destination> = {}): Destination =>
  ({ kind: 'dicom', id, aeTitle: id.toUpperCase(), host: '127.0.0.1', port: 1, enabled: false, ...more }) as Destination;

const text = (vr: 'LO' | 'CS' | 'DA' | 'UI', ...Value: string[]) => ({ vr, Value });

describe('routing by rules', () => {
  let archive: RoutedArchive;
  let opened: OpenedRouter;

  beforeEach(() => {
    archive = new RoutedArchive();
  });

  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
  });

  const start = async (rules: string, more: Partial<RouterOptions> = {}) => {
    opened = await openRouter({
      destinations: ['tinh', 'ws1', 'ct01', 'bvqd'].map((id) => destination(id)),
      rules: { document: rules, linesAbove: 0 },
      deposit: archive.deposit(() => opened.reception),
      archiveFetch: archive.fetch,
      limits: { completeLookMs: 20, incompleteLookMs: 20, deliveryDelayMs: 20, deliveryMaxDelayMs: 20 },
      ...more,
    });
  };

  const send = async (object: TestObject, callingAe = 'CT01') => {
    const dialogue = await openDialogue({
      host: '127.0.0.1',
      port: opened.router.dicomPort,
      calledAe: 'FILMLESS',
      callingAe,
      contexts: [{ id: 1, abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] }],
      limits: routerLimits(),
    });
    const { status } = await store(dialogue, { ...object, dataSet: object.bytes });
    await dialogue.release();
    expect(status).toBe(0);
  };

  const queued = async (id: string) => {
    const { body } = await opened.api('GET', `/api/queues/${id}`);
    return (body as { deliveries: readonly { sopInstanceUid: string }[] }).deliveries.map(({ sopInstanceUid }) => sopInstanceUid);
  };

  const withAttributes = (number: number, changes: DataSet = {}) => archive.object(number, changes);

  it('decides at once what needs no header, and asks the archive nothing', async () => {
    await start('rules: [{ name: CT, when: { callingAe: "CT*", tags: { Modality: CT } }, then: [{ send: tinh }] }]');
    const ct = withAttributes(1, { [TAG.Modality]: text('CS', 'CT') });
    await send(ct);
    expect(await queued('tinh')).toEqual([ct.sopInstanceUid]);
    await send(withAttributes(2));
    await send(withAttributes(3, { [TAG.Modality]: text('CS', 'CT') }), 'MR01');
    expect(await queued('tinh')).toHaveLength(1);
    expect(archive.asked).toEqual([]);
  });

  it('looks at the header where a rule asks for more of it, once', async () => {
    await start('rules: [{ name: a, when: { tags: { RequestingService: "khoa ngoai*" } }, then: [{ send: [tinh, ws1] }] }]');
    const wanted = withAttributes(1, { '00321033': text('LO', 'Khoa Ngoại Tổng hợp') });
    await send(wanted);
    await send(withAttributes(2, { '00321033': text('LO', 'Khoa Nội') }));
    await expect.poll(() => queued('ws1')).toEqual([wanted.sopInstanceUid]);
    await expect.poll(() => archive.asked.length).toBe(2);
    expect(await queued('tinh')).toEqual([wanted.sopInstanceUid]);
  });

  it('goes on looking while the archive cannot be asked, and where it was before a stop', async () => {
    await start('rules: [{ name: a, when: { tags: { RequestingService: A } }, then: [{ send: tinh }] }]');
    archive.failure = () => new Response(null, { status: 503 });
    const object = withAttributes(1, { '00321033': text('LO', 'A') });
    await send(object);
    await expect.poll(() => archive.asked.length).toBeGreaterThan(1);
    expect(await queued('tinh')).toEqual([]);
    archive.failure = undefined;
    await expect.poll(() => queued('tinh')).toEqual([object.sopInstanceUid]);
  });

  it('waits for a study that a rule wants whole, and sends what comes later too', async () => {
    await start('rules: [{ name: a, when: { complete: true, tags: { Modality: OT } }, then: [{ send: tinh }] }]');
    const [first, second, late] = [1, 2, 3].map((number) => withAttributes(number));
    if (first === undefined || second === undefined || late === undefined) {
      throw new Error('three objects');
    }
    await send(first);
    await send(second);
    await expect.poll(() => archive.asked.length).toBeGreaterThan(1);
    expect(await queued('tinh')).toEqual([]);
    archive.states.set(first.studyInstanceUid, 'complete');
    await expect.poll(async () => (await queued('tinh')).length).toBe(2);
    await send(late);
    await expect.poll(async () => (await queued('tinh')).length).toBe(3);
  });

  it('sends an instance to a destination once, as the first rule says, and to none after a stop', async () => {
    await start(
      [
        'rules:',
        '  - { name: urgent, when: { callingAe: CT01 }, then: [{ send: { to: tinh, class: emergency } }] }',
        '  - { name: all, then: [{ send: [tinh, ws1] }, { stop: true }] }',
        '  - { name: never, then: [{ send: bvqd }] }',
      ].join('\n'),
    );
    await send(withAttributes(1));
    expect([await queued('tinh'), await queued('ws1'), await queued('bvqd')].map((list) => list.length)).toEqual([1, 1, 0]);
  });

  it('never sends back to the machine it came from', async () => {
    await start('rules: [{ name: all, then: [{ send: [ct01, ws1] }] }]');
    await send(withAttributes(1), 'CT01');
    expect([await queued('ct01'), await queued('ws1')].map((list) => list.length)).toEqual([0, 1]);
  });

  it('routes what came by another way than C-STORE, and not to the site that uploaded it', async () => {
    await start('rules: [{ name: all, when: { tags: { Modality: OT } }, then: [{ send: [ws1, tinh] }] }]');
    const { bytes: _, ...object } = withAttributes(1);
    const source = { kind: 'stow', address: '10.1.1.1', user: 'tinh', facility: 'main' } as const;
    await opened.router.arrived(object, source, true);
    await expect.poll(() => queued('ws1')).toEqual([object.sopInstanceUid]);
    expect(await queued('tinh')).toEqual([]);
  });

  it('sends the latest priors of the patient along, of the modality asked for, within the facility', async () => {
    await start('rules: [{ name: a, then: [{ send: tinh }, { prefetch: { priors: 2, modality: same } }] }]');
    const study = (number: number, date: string, modality: string, patient = 'P1') =>
      withAttributes(number, {
        [TAG.StudyInstanceUID]: text('UI', `2.25.${number}`),
        [TAG.StudyDate]: text('DA', date),
        [TAG.PatientID]: text('LO', patient),
        [TAG.Modality]: text('CS', modality),
      });
    const priors = [
      study(1, '20240101', 'CT'),
      study(2, '20250101', 'CT'),
      study(3, '20250601', 'CT'),
      study(4, '20250701', 'MR'),
      study(5, '20250701', 'CT', 'P2'),
      study(6, '20270101', 'CT'),
    ];
    const now = study(7, '20260101', 'CT');
    await send(now);
    const expected = [now, priors[1], priors[2]].map((object) => object?.sopInstanceUid);
    await expect.poll(async () => (await queued('tinh')).toSorted()).toEqual(expected.toSorted());
    expect(archive.asked).toContain('/dicom-web/studies for main');
  });
});
