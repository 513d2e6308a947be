import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cStore } from '../faults/hostile/c-store.ts';
import { encodings } from '../faults/hostile/data-sets.ts';
import { CONTEXT, EXPLICIT, SECONDARY_CAPTURE } from '../faults/hostile/pdus.ts';
import { type FaultEnding, SERVICE_FAULTS } from '../faults/hostile/service-faults.ts';
import { type HeardCommand, ServiceUser } from '../faults/hostile/service-user.ts';
import {
  cancelRq,
  type HostileService,
  request,
  responseTo,
  SERVICES,
  STORE_CONTEXT,
  STUDY,
} from '../faults/hostile/services.ts';
import { residentMb } from '../faults/hostile/watch.ts';
import { type Product, startProduct } from '../support/product.ts';

const PEER = 'PARROT';
const CONFIG = `
aes:
  - { title: ${PEER}, host: 127.0.0.1, port: 104, may: [echo, store, query, retrieve], facility: main }
`;
const INSTANCES = 40;
const PENDING: ReadonlySet<number> = new Set([0xff00, 0xff01]);
const COMMAND = { storeRq: 0x0001, getRsp: 0x8010, findRsp: 0x8020, storeRsp: 0x8001 } as const;

const CASES = SERVICE_FAULTS.flatMap(({ name, ending, bytes }) =>
  SERVICES.flatMap((service) => {
    const said = bytes(service);
    return said === undefined ? [] : [[service.name, name, ending, said] as const];
  }),
);

function service(name: string): HostileService {
  const found = SERVICES.find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`no service ${name}`);
  }
  return found;
}

const FIND = service('C-FIND, Study Root');
const GET = service('C-GET, Study Root');

/** Whether a status says that it was not done. PS3.7 C.1. */
const failed = ({ status = 0 }: HeardCommand): boolean =>
  status !== 0 && status !== 0xfe00 && !PENDING.has(status) && (status & 0xf000) !== 0xb000;

describe('every service, asked wrongly', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ config: CONFIG });
    for (let number = 1; number <= INSTANCES; number += 1) {
      const sopInstance = `${STUDY}.1.${number}`;
      const explicit = encodings({ study: STUDY, series: `${STUDY}.1`, sop: sopInstance }).find(
        ({ contextId }) => contextId === CONTEXT.explicit,
      );
      const stored = await cStore({
        port: product.dicomPort,
        callingAe: PEER,
        sopClass: SECONDARY_CAPTURE,
        sopInstance,
        transferSyntax: EXPLICIT,
        dataSet: [explicit?.bytes ?? new Uint8Array(0)],
      });
      expect(stored).toMatchObject({ status: 0 });
    }
  });
  afterAll(async () => {
    await product[Symbol.asyncDispose]();
  });

  const open = () => ServiceUser.open(product.dicomPort, PEER);

  it.each(SERVICES.map((one) => [one.name, one] as const))('answers %s asked rightly', async (_, asked) => {
    using user = await open();
    user.say(request(asked));
    const first = await user.hear();
    expect(first).toMatchObject(
      asked === GET || asked.name === 'C-GET, Patient Root'
        ? { commandField: COMMAND.storeRq }
        : { commandField: asked.commandField | 0x8000, respondedTo: 1 },
    );
  });

  it.each(CASES)('%s with %s: %s', async (_, __, ending: FaultEnding, said) => {
    using user = await open();
    await user.sayAll(said);
    const { commands, ended } = await user.untilEcho();
    if (ending === 'aborted') {
      expect(ended).toBe('aborted');
    } else {
      expect(ended).toBeUndefined();
      expect(commands.filter(failed)).toHaveLength(ending === 'failure' ? 1 : 0);
      expect(commands.filter((one) => failed(one) && one.comment === '')).toEqual([]);
    }
  });

  it('a C-FIND among thousands of cancels for nothing is answered, and so are others', async () => {
    using crowd = await open();
    const cancels = Buffer.concat(Array.from({ length: 5000 }, (_, index) => cancelRq(FIND.contextId, (index % 0xfffe) + 2)));
    const hearing = (async () => {
      const answers: HeardCommand[] = [];
      for (;;) {
        const heard = await crowd.hear();
        if (typeof heard === 'string') {
          return { answers, ended: heard };
        }
        answers.push(heard);
        if (heard.status === 0) {
          return { answers, ended: undefined };
        }
      }
    })();
    crowd.say(cancels, request(FIND), cancels);
    using other = await open();
    expect((await other.untilEcho()).ended).toBeUndefined();
    const { answers, ended } = await hearing;
    expect(ended).toBeUndefined();
    expect(answers.map(({ status }) => status)).toEqual([0xff00, 0]);
    expect((await crowd.untilEcho()).ended).toBeUndefined();
  });

  it('thousands of queries said at once are answered one after the other, in little memory', async () => {
    const many = 2000;
    const before = await residentMb(product);
    using user = await open();
    const all = Buffer.concat(Array.from({ length: many }, () => request(FIND)));
    const said = user.sayAll(all, 10_000);
    let finals = 0;
    while (finals < many) {
      const heard = await user.hear();
      if (typeof heard === 'string') {
        break;
      }
      finals += heard.status === 0 ? 1 : 0;
    }
    await said;
    expect(finals).toBe(many);
    expect((await residentMb(product)) - before).toBeLessThan(150);
  });

  it('two operations under one Message ID are two operations', async () => {
    using user = await open();
    user.say(request(FIND), request(FIND));
    const { commands, ended } = await user.untilEcho();
    expect(ended).toBeUndefined();
    expect(commands.map(({ respondedTo, status }) => [respondedTo, status])).toEqual([
      [1, 0xff00],
      [1, 0],
      [1, 0xff00],
      [1, 0],
    ]);
  });

  /** A C-GET whose first instance is on its way. */
  async function getting(): Promise<{ readonly user: ServiceUser; readonly store: HeardCommand }> {
    const user = await open();
    user.say(request(GET, { messageId: 5 }));
    const store = await user.hear();
    if (typeof store === 'string' || store.commandField !== COMMAND.storeRq) {
      throw new Error(`no C-STORE came: ${JSON.stringify(store)}`);
    }
    return { user, store };
  }

  it.each<[string, (messageId: number) => Buffer]>([
    ['to another message', (id) => responseTo(STORE_CONTEXT, 0x0001, id + 1, 0)],
    ['of another kind', (id) => responseTo(STORE_CONTEXT, 0x0030, id, 0)],
    ['in another context', (id) => responseTo(GET.contextId, 0x0001, id, 0)],
    ['that says that more comes', (id) => responseTo(STORE_CONTEXT, 0x0001, id, 0xff00)],
    ['given twice', (id) => Buffer.concat([1, 2].map(() => responseTo(STORE_CONTEXT, 0x0001, id, 0)))],
  ])('a C-GET ends with the association when a C-STORE of it is answered with a response %s', async (_, response) => {
    const { user, store } = await getting();
    using _user = user;
    user.say(response(store.messageId ?? 0));
    for (;;) {
      const heard = await user.hear();
      if (typeof heard === 'string') {
        expect(heard).toBe('aborted');
        return;
      }
    }
  });

  it('a C-GET goes on when its peer asks for something else in the middle, which is refused in words', async () => {
    const { user, store } = await getting();
    using _user = user;
    user.say(request(FIND, { messageId: 6 }), cancelRq(FIND.contextId, 6));
    expect(await user.hear()).toMatchObject({ commandField: COMMAND.findRsp, respondedTo: 6, status: 0x0213 });
    user.say(responseTo(STORE_CONTEXT, 0x0001, store.messageId ?? 0, 0));
    // The next instance, or how far it has come: in which order is the server's affair.
    const next = await user.hear();
    expect([COMMAND.storeRq, COMMAND.getRsp]).toContain(typeof next === 'string' ? next : next.commandField);
  });

  it('a C-GET that is cancelled ends at what is under way', async () => {
    const { user, store } = await getting();
    using _user = user;
    user.say(cancelRq(GET.contextId, 5), responseTo(STORE_CONTEXT, 0x0001, store.messageId ?? 0, 0));
    for (let stores = 1; ; ) {
      const heard = await user.hear();
      if (typeof heard !== 'string' && heard.commandField === COMMAND.storeRq) {
        stores += 1;
        user.say(responseTo(STORE_CONTEXT, 0x0001, heard.messageId ?? 0, 0));
      } else if (typeof heard === 'string' || heard.status !== 0xff00) {
        expect(heard).toMatchObject({ commandField: COMMAND.getRsp, status: 0xfe00 });
        expect(stores).toBeLessThan(INSTANCES);
        return;
      }
    }
  });

  it.each(['C-GET, Study Root', 'C-FIND, Study Root', 'C-MOVE, Study Root', 'N-ACTION, storage commitment'])(
    'a peer that hangs up in the middle of %s leaves nothing behind',
    async (name) => {
      for (let round = 0; round < 50; round += 1) {
        using user = await open();
        user.say(request(service(name)), request(service(name)));
        if (round % 2 === 0) {
          await user.hear();
        }
      }
      await expect.poll(() => openAssociations(product), { timeout: 10_000 }).toBe(0);
    },
  );

  it('the server is the same, and its log holds no error', async () => {
    expect(product.process.exitCode).toBeNull();
    const errors = product
      .log()
      .split('\n')
      .filter((line) => line !== '' && (JSON.parse(line) as { readonly level: string }).level === 'error');
    expect(errors).toEqual([]);
  });
});

async function openAssociations(product: Product): Promise<number> {
  const text = await (await product.fetch('/metrics')).text();
  const line = /^filmless_associations_open(?:\{[^}]*\})? (\d+)$/m.exec(text);
  return Number(line?.[1] ?? Number.NaN);
}
