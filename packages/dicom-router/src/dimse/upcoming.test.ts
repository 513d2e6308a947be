import { describe, expect, it } from 'vitest';
import { bytes, CT, FIND, FIND_COMMAND, findRsp, response, STORE, user } from '../../test/dimse-talk.ts';
import { COMMAND } from './command-field.ts';
import { decodeCommand } from './command-set.ts';

const STORE_RSP = 0x8001;

describe('the next request', () => {
  it('begins while the answer before it does, and is whole only after that', async () => {
    const { association, dialogue } = user();
    const first = dialogue.performOne(CT, STORE, bytes());
    await expect.poll(() => association.written.length).toBe(2);
    const second = dialogue.performOne(CT, { ...STORE, AffectedSOPInstanceUID: '1.2.4' }, bytes());
    await new Promise((resolve) => setImmediate(resolve));
    expect(association.written).toHaveLength(2);

    association.begin();
    association.begin();
    const [beginning, ...none] = association.written.slice(2);
    expect(beginning).toMatchObject({ contextId: CT.id, command: true, last: false });
    expect(none).toEqual([]);

    association.say(response(STORE_RSP, 1, 0));
    expect((await first).status).toBe(0);
    await expect.poll(() => association.written.length).toBe(5);
    const [, , , rest, data] = association.written;
    expect([rest?.last, data?.command, data?.last]).toEqual([true, false, true]);
    const whole = Buffer.concat([beginning?.bytes ?? Buffer.alloc(0), rest?.bytes ?? Buffer.alloc(0)]);
    expect(decodeCommand(whole)).toMatchObject({
      CommandField: COMMAND.cStoreRq,
      MessageID: 2,
      AffectedSOPInstanceUID: '1.2.4',
    });
    association.say(response(STORE_RSP, 2, 0));
    expect((await second).status).toBe(0);
  });

  it('does not begin where none waits, where another may be open, or where the answer may not be the last', async () => {
    const one = user();
    const alone = one.dialogue.performOne(CT, STORE, bytes());
    await expect.poll(() => one.association.written.length).toBe(2);
    one.association.begin();
    expect(one.association.written).toHaveLength(2);
    one.association.say(response(STORE_RSP, 1, 0));
    await alone;

    const many = user([], 3);
    const three = [1, 2, 3].map(() => many.dialogue.performOne(CT, STORE, bytes()));
    await expect.poll(() => many.association.written.length).toBe(6);
    many.association.begin();
    expect(many.association.written).toHaveLength(6);
    many.association.say(...[1, 2, 3].map((id) => response(STORE_RSP, id, 0)));
    await Promise.all(three);

    const finding = user();
    const found = Array.fromAsync(finding.dialogue.perform(FIND, FIND_COMMAND, bytes()));
    await expect.poll(() => finding.association.written.length).toBe(2);
    const later = finding.dialogue.performOne(CT, STORE, bytes());
    finding.association.begin();
    expect(finding.association.written).toHaveLength(2);
    finding.association.say(...findRsp(1, 0));
    await found;
    await expect.poll(() => finding.association.written.length).toBe(4);
    finding.association.say(response(STORE_RSP, 2, 0));
    await later;
  });

  it('that has begun fails with the association, and holds up nobody', async () => {
    const { association, dialogue } = user();
    const all = [1, 2, 3].map(() => dialogue.performOne(CT, STORE, bytes()));
    await expect.poll(() => association.written.length).toBe(2);
    association.begin();
    association.abort();
    const outcomes = await Promise.allSettled(all);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });
});
