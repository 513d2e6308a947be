import { beforeEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../../../test/doubles.ts';
import { ClockWatch } from './clock-watch.ts';
import { studiesAhead, studyTime } from './studies-ahead.ts';

const START = Date.parse('2026-11-22T08:00:00Z');
const MINUTE = 60_000;
const DAY = 86_400_000;

describe('the clock of the server', () => {
  let passed: number;
  let set: number;
  let ahead: readonly number[];
  let asked: number;
  let log: ReturnType<typeof memoryLog>;

  beforeEach(() => {
    [passed, set, ahead, asked, log] = [0, 0, [], 0, memoryLog()];
  });

  function watch(): ClockWatch {
    return new ClockWatch({
      wall: () => START + passed + set,
      monotonic: () => passed,
      studiesAhead: async () => {
        asked += 1;
        return ahead;
      },
      log,
    });
  }

  it('is right while it goes as time does', async () => {
    using clock = watch();
    for (let tick = 0; tick < 100; tick += 1) {
      passed += 10_000;
      // A time server corrects a little at a time.
      set += 20;
      clock.tick();
    }
    clock.clients.note('10.0.0.5', START + passed + set + 30_000);
    expect(await clock.warnings()).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it.each([
    [3_600_000, 'jumped forward by 60 min at 2026-11-22T09:00:10.000Z'],
    [-7 * 3_600_000, 'jumped back by 7.0 h at 2026-11-22T01:00:10.000Z'],
  ])('that jumps by %i ms is told of for a day', async (jump, words) => {
    using clock = watch();
    passed += 10_000;
    set += jump;
    clock.tick();
    const [warning] = await clock.warnings();
    expect(warning).toContain(words);
    expect(warning).toContain('timedatectl');
    expect(log.lines).toMatchObject([{ level: 'warn', event: 'clock.jumped', fields: { seconds: jump / 1000 } }]);
    passed += DAY + 1;
    expect(await clock.warnings()).toEqual([]);
  });

  it('is suspected when most of the workstations differ from it, not when one does', async () => {
    using clock = watch();
    const now = START;
    clock.clients.note('10.0.0.5', now);
    clock.clients.note('10.0.0.6', now + 7 * MINUTE);
    expect(await clock.warnings()).toEqual([]);
    clock.clients.note('10.0.0.7', now + 8 * MINUTE);
    expect(await clock.warnings()).toEqual([
      "This server's clock is 8 min behind those of 2 of the 3 workstations where somebody signed in lately: set it (timedatectl), or theirs.",
    ]);
    expect(log.lines.map(({ event }) => event)).toEqual(['clock.client-differs', 'clock.client-differs']);
    // Once they come with the right time, all is well.
    clock.clients.note('10.0.0.6', now);
    expect(await clock.warnings()).toEqual([]);
  });

  it('remembers a bounded number of workstations, each for a day', async () => {
    using clock = watch();
    for (let client = 0; client < 1_100; client += 1) {
      clock.clients.note(`10.0.${client >> 8}.${client & 255}`, START - 10 * MINUTE);
    }
    expect((await clock.warnings())[0]).toContain('ahead of those of 1000 of the 1000');
    passed += DAY + 1;
    expect(await clock.warnings()).toEqual([]);
  });

  it('is suspected when studies come from the future; they are not looked at for every question', async () => {
    ahead = [10 * MINUTE, 7 * 60 * MINUTE];
    using clock = watch();
    const [warning] = await clock.warnings();
    expect(warning).toContain('2 of the newest studies are dated in the future, by up to 7.0 h');
    await clock.warnings();
    expect(asked).toBe(1);
    ahead = [];
    passed += 10 * MINUTE + 1;
    expect(await clock.warnings()).toEqual([]);
  });
});

describe('the times of studies', () => {
  const study = (date: string, time?: string) => ({
    '00080020': { vr: 'DA', Value: [date] },
    ...(time === undefined ? {} : { '00080030': { vr: 'TM', Value: [time] } }),
  });

  it('are read with and without a time, and what is no date is never', () => {
    expect(studyTime('20261122', '0830')).toBe(new Date(2026, 10, 22, 8, 30).getTime());
    expect(studyTime('20261122', '')).toBe(new Date(2026, 10, 22).getTime());
    expect(studyTime('', '') < 0).toBe(true);
  });

  it('count as ahead by more than clocks may differ', async () => {
    const now = new Date(2026, 10, 22, 8, 0);
    const asked: string[] = [];
    const archive = async (request: Request) => {
      asked.push(request.url);
      return Response.json([study('20261123'), study('20261122', '080400'), study('20261122', '080600'), study('20261122')]);
    };
    expect(await studiesAhead(archive, now)).toEqual([16 * 60 * MINUTE, 6 * MINUTE]);
    expect(asked).toEqual(['http://localhost/dicom-web/studies?StudyDate=20261122-&limit=20']);
  });

  it('are not known while the archive does not answer', async () => {
    expect(await studiesAhead(async () => new Response(null, { status: 503 }), new Date())).toEqual([]);
  });
});
