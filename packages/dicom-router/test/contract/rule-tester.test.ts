import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TAG } from '@filmless/dicom';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/destinations/clock.ts';
import { openDialogue } from '../../src/dimse/open-dialogue.ts';
import { store } from '../../src/dimse/store.ts';
import { routerLimits } from '../../src/limits.ts';
import { DELIVERY_CLASSES } from '../../src/routing/decision.ts';
import type { TestObject } from '../objects.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { RoutedArchive } from '../routed-archive.ts';
import { attributesOf, CASE_DESTINATIONS, documentOf, type RuleCase, ruleCase } from '../rule-cases.ts';

const MINUTE = 60_000;
const FACILITY_AES = { CT01: 'main', MR01: 'north', CR02: 'main', WS1: 'main' } as const;

/** A clock that goes on from where it is put. */
class SetClock {
  #base = 0;
  #since = 0;

  set(at: number): void {
    this.#base = at;
    this.#since = performance.now();
  }

  readonly now = (): number => Math.floor(this.#base + performance.now() - this.#since);
  readonly sleep = SYSTEM_CLOCK.sleep;
}

/** One line for each delivery: what is sent where, by which rule, how. */
const lineOf = (destination: string, rule: string, priority: string, changes: unknown, notBefore: number | null) =>
  [destination, rule, priority, JSON.stringify(changes), notBefore ?? 'at once'].join(' | ');

interface Answer {
  readonly groups: readonly {
    readonly firstInstanceUid: string;
    readonly instances: number;
    readonly onArrival: readonly AnswerDecision[];
    readonly whenComplete: readonly AnswerDecision[];
  }[];
}

interface AnswerDecision {
  readonly destination: string;
  readonly rule: string;
  readonly class: string;
  readonly changes: unknown;
  readonly notBefore: string | null;
}

describe('the tester of rules', () => {
  const archive = new RoutedArchive();
  const clock = new SetClock();
  let opened: OpenedRouter;
  let database: DatabaseSync;
  let studies = 0;

  beforeAll(async () => {
    opened = await openRouter({
      destinations: CASE_DESTINATIONS,
      aes: Object.entries(FACILITY_AES).map(([title, facility]) => ({ title, facility, may: ['store'] })),
      deposit: archive.deposit(() => opened.reception),
      archiveFetch: archive.fetch,
      clock,
      limits: { completeLookMs: 3, incompleteLookMs: 3, connectionsPerSecond: 100_000 },
    });
    database = new DatabaseSync(join(opened.folder, 'records', 'router.db'), { readOnly: true });
  });

  afterAll(async () => {
    database.close();
    await opened[Symbol.asyncDispose]();
  });

  const objectsOf = ({ instances }: RuleCase): readonly TestObject[] => {
    studies += 1;
    const uid = (value: string) => ({ vr: 'UI' as const, Value: [value] });
    return instances.map((instance, index) =>
      archive.object(index, {
        ...attributesOf(instance),
        [TAG.StudyInstanceUID]: uid(`2.25.${studies}`),
        [TAG.SeriesInstanceUID]: uid(`2.25.${studies}.1`),
        [TAG.SOPInstanceUID]: uid(`2.25.${studies}.1.${index}`),
      }),
    );
  };

  /** By C-STORE over the wire, or as what came by STOW. */
  const arrive = async ({ source }: RuleCase, objects: readonly TestObject[]) => {
    const [first] = objects;
    if (source.kind === 'stow' || first === undefined) {
      for (const { bytes, ...object } of objects) {
        await opened.router.arrived({ ...object, bytes: bytes.byteLength }, source, true);
      }
      return;
    }
    const { dicomPort: port } = opened.router;
    const contexts = [{ id: 1, abstractSyntax: first.sopClassUid, transferSyntaxes: [first.transferSyntaxUid] }];
    const { callingAe } = source;
    const dialogue = await openDialogue({
      host: '127.0.0.1',
      port,
      calledAe: 'FILMLESS',
      callingAe,
      contexts,
      limits: routerLimits(),
    });
    for (const object of objects) {
      expect(await store(dialogue, { ...object, dataSet: object.bytes })).toMatchObject({ status: 0 });
    }
    await dialogue.release();
  };

  const undecided = (study: string, state: string) => {
    const counted = database
      .prepare('SELECT count(*) AS n FROM arrival WHERE study_instance_uid = ? AND state = ?')
      .get(study, state);
    return Number(counted?.n);
  };

  const settled = async (study: string, state: 'arrived' | 'waiting') => {
    while (undecided(study, state) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };

  /** What the router has really queued, read from its file. */
  const queued = (study: string) =>
    database
      .prepare('SELECT * FROM delivery WHERE study_instance_uid = ?')
      .all(study)
      .map((row) => {
        const priority = DELIVERY_CLASSES[Number(row.class)] ?? '';
        const changes: unknown = JSON.parse(String(row.changes));
        const notBefore = row.not_before === null ? null : Number(row.not_before);
        return lineOf(String(row.destination), String(row.rule), priority, changes, notBefore);
      })
      .toSorted();

  const told = async (study: string, { source }: RuleCase, at: number): Promise<Answer> => {
    const { callingAe, address, facility, user } = source;
    const { status, body } = await opened.api('POST', '/api/rules/test', {
      studyInstanceUid: study,
      callingAe,
      address,
      facility,
      at: new Date(at).toISOString(),
      ...(source.kind === 'stow' ? { user } : {}),
    });
    expect(status).toBe(200);
    return body as Answer;
  };

  it('agrees with what then really happens, for 1,000 generated rules and studies', { timeout: 300_000 }, async () => {
    const kinds = { decisions: 0, late: 0, held: 0, none: 0 };
    await fc.assert(
      fc.asyncProperty(ruleCase, async (generated) => {
        // The address of who calls is that of this machine, and the facility that of the machine's entry.
        const fixed = { address: '127.0.0.1', facility: FACILITY_AES[generated.source.callingAe as keyof typeof FACILITY_AES] };
        const each = generated.source.kind === 'stow' ? generated : { ...generated, source: { ...generated.source, ...fixed } };
        const document = documentOf(each.rules);
        const put = await opened.router.app.request(
          '/api/rules',
          { method: 'PUT', headers: { authorization: 'Bearer word' }, body: document },
          { remoteAddress: '127.0.0.1', secure: false },
        );
        expect(put.status).toBe(200);
        const midnight = new Date(2026, 0, 15).getTime();
        const at = midnight + each.minute * MINUTE;
        const objects = objectsOf(each);
        const study = objects[0]?.studyInstanceUid ?? '';
        const answer = await told(study, each, at);
        expect(queued(study)).toEqual([]);
        clock.set(at);
        await arrive(each, objects);
        await settled(study, 'arrived');
        const onArrival = queued(study);
        archive.states.set(study, 'complete');
        await settled(study, 'waiting');
        const lines = (key: 'onArrival' | 'whenComplete') =>
          answer.groups.flatMap((group) =>
            group[key].flatMap(({ destination, rule, class: priority, changes, notBefore }) => {
              const held = notBefore === null ? null : Date.parse(notBefore);
              return Array.from({ length: group.instances }, () => lineOf(destination, rule, priority, changes, held));
            }),
          );
        expect(onArrival).toEqual(lines('onArrival').toSorted());
        const all = [...lines('onArrival'), ...lines('whenComplete')].toSorted();
        expect(queued(study)).toEqual(all);
        kinds.decisions += all.length;
        kinds.late += lines('whenComplete').length;
        kinds.held += lines('onArrival').filter((line) => !line.endsWith('at once')).length;
        kinds.none += Number(all.length === 0);
      }),
      { numRuns: 1_000 },
    );
    // The cases are of all kinds: else agreeing would say little.
    expect(Math.min(kinds.late, kinds.held, kinds.none)).toBeGreaterThan(50);
    expect(kinds.decisions).toBeGreaterThan(1_000);
  });

  it('says of each rule which condition did not fit, and what was found', async () => {
    const [object] = objectsOf({
      instances: [{ modality: 'CT', service: 'Khoa Nội', procedures: [], patient: '', day: '' }],
    } as unknown as RuleCase);
    const document = [
      'rules:',
      '  - { name: one, when: { callingAe: "MR*", tags: { Modality: CT, RequestingService: "*ngoai*" } }, then: [{ send: a }] }',
      '  - { name: two, then: [{ send: [a, ws] }, { stop: true }] }',
      '  - { name: three, then: [{ send: a }] }',
    ].join('\n');
    const { body } = await opened.api('POST', '/api/rules/test', {
      document,
      studyInstanceUid: object?.studyInstanceUid,
      callingAe: 'WS1',
    });
    expect(body).toMatchObject({
      instances: 1,
      more: false,
      groups: [
        {
          modality: 'CT',
          onArrival: [
            { destination: 'a', rule: 'two' },
            { destination: 'own', rule: '' },
          ],
          rules: [
            {
              rule: 'one',
              fit: 'differs',
              conditions: [
                { condition: 'callingAe', wanted: ['MR*'], found: 'WS1', fits: false },
                { condition: 'tag', name: 'Modality', found: 'CT', fits: true },
                { condition: 'tag', name: 'RequestingService', wanted: ['*ngoai*'], found: 'Khoa Nội', fits: false },
              ],
            },
            {
              rule: 'two',
              fit: 'fits',
              sends: [
                { to: 'a', fate: 'sent' },
                { to: 'ws', fate: 'source' },
              ],
            },
            { rule: 'three', fit: 'stopped' },
          ],
        },
      ],
    });
    expect(queued(object?.studyInstanceUid ?? '')).toEqual([]);
    expect(opened.access.events.at(-1)).toMatchObject({ action: 'rules.test' });
  });

  it.each([
    ['/api/rules/test', {}],
    ['/api/deidentification/preview', { name: 'nghien-cuu', profile: {} }],
  ])('%s shows nothing of a study of another facility', async (path, body) => {
    const [object] = objectsOf({
      instances: [{ modality: 'CT', service: 'Khoa Nội', procedures: [], patient: '', day: '' }],
    } as unknown as RuleCase);
    const asked = (word: string) =>
      opened.router.app.request(
        path,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${word}`, 'content-type': 'application/json' },
          body: JSON.stringify({ ...body, studyInstanceUid: object?.studyInstanceUid }),
        },
        { remoteAddress: '127.0.0.1', secure: false },
      );
    archive.asked.length = 0;
    expect((await asked('north')).status).toBe(404);
    expect(archive.asked).toEqual([`/api/studies/${object?.studyInstanceUid}`]);
    expect((await asked('word')).status).not.toBe(400);
    expect(archive.asked.length).toBeGreaterThan(2);
  });
});
