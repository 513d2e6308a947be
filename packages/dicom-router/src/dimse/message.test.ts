import { describe, expect, it } from 'vitest';
import { AssociationDouble } from '../../test/association-double.ts';
import { routerLimits } from '../limits.ts';
import type { Fragment } from '../ul/pdu/model.ts';
import { encodeCommand } from './command-set.ts';
import { drain, readMessage } from './message.ts';

const CT = { id: 1, abstractSyntax: '1.2.840.10008.5.1.4.1.1.2', transferSyntax: '1.2.840.10008.1.2.1' };
const bytes = encodeCommand({ CommandField: 1, CommandDataSetType: 1 });
const command: Fragment = { contextId: 1, command: true, last: true, bytes };
const data = (text: string, last: boolean): Fragment => ({ contextId: 1, command: false, last, bytes: Buffer.from(text) });

const read = (incoming: readonly Fragment[], limits = {}) => {
  const association = new AssociationDouble([CT], incoming);
  const message = association
    .read(1000)
    .then((first) => (first === undefined ? undefined : readMessage(association, routerLimits(limits), first)));
  return { association, message };
};

describe('a message', () => {
  it('goes on behind a loop that was left early', async () => {
    const { association, message } = read([command, data('a', false), data('b', false), data('c', true)]);
    const dataSet = (await message)?.dataSet;
    for await (const piece of dataSet ?? []) {
      expect(Buffer.from(piece).toString()).toBe('a');
      break;
    }
    await drain(dataSet);
    expect(association.left).toBe(0);
  });

  it('holds nothing of empty fragments', async () => {
    const empty = { ...command, last: false, bytes: Buffer.alloc(0) };
    const { message } = read([empty, empty, empty, command]);
    expect((await message)?.command.CommandField).toBe(1);
  });

  it.each([
    ['in very many fragments', Array.from({ length: 2000 }, () => ({ ...command, last: false, bytes: Buffer.alloc(0) })), {}],
    ['slowly', [{ ...command, last: false }, command], { stallMs: -1 }],
    ['without end', Array.from({ length: 100 }, () => ({ ...command, last: false, bytes: Buffer.alloc(1000) })), {}],
  ])('ends when its command comes %s', async (_, fragments, limits) => {
    const { association, message } = read(fragments, limits);
    await expect(message).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(association.ended).toBe('aborted');
    expect(association.left).toBeLessThan(2000);
  });

  it('ends when its data set only trickles in', async () => {
    const limits = { stallMs: 0, slowestBytesPerSecond: 1_000_000_000 };
    const { association, message } = read([command, data('a', false), data('b', true)], limits);
    await expect(drain((await message)?.dataSet)).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(association.ended).toBe('aborted');
  });

  it('is not whole when the association was ended here while its last piece was taken: that memory is read into again', async () => {
    const { association, message } = read([command, data('a', false), data('b', true)]);
    const dataSet = (await message)?.dataSet;
    const taken: string[] = [];
    const take = async () => {
      for await (const piece of dataSet ?? []) {
        taken.push(Buffer.from(piece).toString());
        if (taken.length === 2) {
          association.abort();
        }
      }
    };
    await expect(take()).rejects.toMatchObject({ code: 'closed' });
    expect(taken).toEqual(['a', 'b']);
  });

  it('that was whole before the association ended stays whole', async () => {
    const { association, message } = read([command, data('a', true)]);
    const dataSet = (await message)?.dataSet;
    await drain(dataSet);
    association.abort();
    await expect(drain(dataSet)).resolves.toBeUndefined();
  });
});
