import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AeConfig } from '../aes/ae-config.ts';
import { routerLimits } from '../limits.ts';
import { openRouterDatabase, type RouterDatabase } from '../records/router-database.ts';
import { Contacts, silentMachines } from './contacts.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Monday, 5 January 2026: no clock is changed in the weeks after. */
const MONDAY = Date.UTC(2026, 0, 5);
const limits = routerLimits();

let folder: string;
let database: RouterDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-contacts-'));
  database = await openRouterDatabase(folder);
});

afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const open = (now: number, changed = limits) =>
  Contacts.open(database, { limits: changed, now, listed: (title) => title === 'CT01' });

/** Calls on five days of four weeks, in eight hours of each. */
async function accustomed(title: string): Promise<{ readonly contacts: Contacts; readonly last: number }> {
  const contacts = await open(MONDAY);
  let last = MONDAY;
  for (let week = 0; week < 4; week += 1) {
    for (let day = 0; day < 5; day += 1) {
      for (let hour = 1; hour <= 8; hour += 1) {
        last = MONDAY + (7 * week + day) * DAY + hour * HOUR;
        contacts.note({ title, address: '10.0.0.11', secure: false }, last);
      }
    }
  }
  return { contacts, last };
}

describe('when machines called', () => {
  it('tells of one that does not call in its usual hours, and stops when it does', async () => {
    const { contacts, last } = await accustomed('CT01');
    const monday = MONDAY + 4 * 7 * DAY;
    expect(contacts.silence('CT01', monday)).toBeUndefined();
    expect(contacts.silence('CT01', monday + 6 * HOUR)).toEqual({ title: 'CT01', lastAt: last, missedHours: 5 });
    contacts.note({ title: 'CT01', address: '10.0.0.11', secure: false }, monday + 6 * HOUR);
    expect(contacts.silence('CT01', monday + 7 * HOUR)).toBeUndefined();
    expect(contacts.silence('NEW01', monday)).toBeUndefined();
  });

  it('knows it after a restart, and does not blame it for the time the server was off', async () => {
    const { contacts, last } = await accustomed('CT01');
    await keep(contacts);
    expect(contacts.take()).toBeUndefined();
    const tuesday = MONDAY + 29 * DAY;
    const again = await open(tuesday);
    expect(again.find('CT01')).toMatchObject({ address: '10.0.0.11', lastAt: last });
    expect(again.silence('CT01', tuesday + 3 * HOUR)).toBeUndefined();
    expect(again.silence('CT01', tuesday + 9 * HOUR)?.missedHours).toBe(8);
  });

  it('counts those that somebody would miss', async () => {
    const { contacts } = await accustomed('CT01');
    const ae = (quiet: boolean): AeConfig => ({ title: 'CT01', may: ['store'], facility: 'main', quiet });
    const clock = { now: () => MONDAY + 4 * 7 * DAY + 9 * HOUR, sleep: () => Promise.resolve() };
    expect(silentMachines({ aes: { list: () => [ae(false)] }, clock, contacts })).toBe(1);
    expect(silentMachines({ aes: { list: () => [ae(true)] }, clock, contacts })).toBe(0);
  });

  it('forgets who called longest ago when there are too many, but not a listed machine', async () => {
    const contacts = await open(0, routerLimits({ contacts: 3 }));
    for (const [at, title] of ['CT01', 'ONE', 'TWO'].entries()) {
      contacts.note({ title, address: '10.0.0.1', secure: false }, MONDAY + at);
    }
    await keep(contacts);
    for (const [at, title] of ['THREE', 'FOUR'].entries()) {
      contacts.note({ title, address: '10.0.0.66', secure: false }, MONDAY + 10 + at);
    }
    await keep(contacts);
    const again = await open(0);
    const found = ['CT01', 'ONE', 'TWO', 'THREE', 'FOUR'].filter((title) => again.find(title) !== undefined);
    expect(found).toEqual(['CT01', 'THREE', 'FOUR']);
  });
});

async function keep(contacts: Contacts): Promise<void> {
  await database.write('putContacts', contacts.take() ?? { rows: [], gone: [] });
}
