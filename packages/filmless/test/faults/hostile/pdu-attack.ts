import type { Product } from '../../support/product.ts';
import { Dice, SEED } from './dice.ts';
import { commandTextOf, commandValue, DicomPeer, type Heard, loopbackAddress } from './dicom-peer.ts';
import { firstPdu, laterPdu } from './pdu-mutants.ts';
import { associateRq, CONTEXT, echoRq, FLAG, pData, releaseRq } from './pdus.ts';

export interface PduFigures {
  readonly pdus: number;
  readonly connections: number;
  /** How often what was sent ended in what. */
  readonly endings: Readonly<Record<string, number>>;
  readonly perSecond: number;
  /** Everything that should not be, in words, with the connection it came on. */
  readonly faults: readonly string[];
}

const AT_ONCE = 24;
/** Longer than any answer takes; not the second that other clients are promised. */
const PATIENCE_MS = 20_000;
const ADDRESSES = 4_000;
/** A PDU that lacks fewer bytes than this is completed, so that its receiver looks at it; of a longer one the line goes dead. */
const FILLED_UP = 70_000;
const MOST_ON_A_CONNECTION = 40;
const FIRST_PDUS = 0.3;

const TYPE = { accept: 2, reject: 3, pData: 4, releaseRp: 6, abort: 7 } as const;

/** Sends mutated PDUs on many connections until so many were looked at. `run` makes them others than those of another run. */
export async function attackWithPdus(product: Product, count: number, run: number): Promise<PduFigures> {
  const attack = new PduAttack(product, count, run);
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, () => attack.work()));
  return { ...attack.figures(), perSecond: Math.round((1000 * count) / (performance.now() - began)) };
}

/** Warnings, and that more comes. PS3.7 C.1. */
const NO_FAILURES: ReadonlySet<number> = new Set([0xb000, 0xf000]);

class PduAttack {
  readonly #product: Product;
  readonly #count: number;
  readonly #run: number;
  #sent = 0;
  #connections = 0;
  readonly #endings = new Map<string, number>();
  readonly #faults: string[] = [];

  constructor(product: Product, count: number, run: number) {
    this.#product = product;
    this.#count = count;
    this.#run = run;
  }

  figures(): Omit<PduFigures, 'perSecond'> {
    const endings = Object.fromEntries([...this.#endings].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { pdus: this.#sent, connections: this.#connections, endings, faults: this.#faults };
  }

  async work(): Promise<void> {
    while (this.#sent < this.#count && this.#faults.length < 10) {
      const number = this.#connections;
      this.#connections += 1;
      const dice = new Dice(SEED, 'connection', this.#run, number);
      const fault = (what: string) => this.#faults.push(`seed ${SEED}, run ${this.#run}, connection ${number}: ${what}`);
      try {
        using peer = await DicomPeer.connect(this.#product.dicomPort, loopbackAddress(number % ADDRESSES));
        const ending = dice.chance(FIRST_PDUS) ? await this.#first(peer, dice) : await this.#later(peer, dice, number, fault);
        this.#endings.set(ending, (this.#endings.get(ending) ?? 0) + 1);
        if (ending.endsWith('no answer') || ending.endsWith('closed without a word')) {
          fault(ending);
        }
      } catch (error) {
        fault(String(error));
        return;
      }
    }
  }

  /** A mutated PDU where an A-ASSOCIATE-RQ should be, and a release behind it. */
  async #first(peer: DicomPeer, dice: Dice): Promise<string> {
    this.#sent += 1;
    const line = new Line(peer);
    line.say(firstPdu(dice), releaseRq);
    let before = '';
    for (;;) {
      const heard = await peer.hear(PATIENCE_MS);
      if (typeof heard !== 'string' && heard.type === TYPE.accept) {
        before = 'accepted, then ';
        continue;
      }
      return before + line.ending(heard);
    }
  }

  /** An honest association, then mutated PDUs, each followed by an honest C-ECHO: is its receiver still in step? */
  async #later(peer: DicomPeer, dice: Dice, number: number, fault: (what: string) => void): Promise<string> {
    peer.say(associateRq());
    const accepted = await peer.hear(PATIENCE_MS);
    if (typeof accepted === 'string' || accepted.type !== TYPE.accept) {
      return `an honest request: ${typeof accepted === 'string' ? accepted : `PDU ${accepted.type}`}`;
    }
    const line = new Line(peer);
    for (let round = 0; round < MOST_ON_A_CONNECTION && this.#sent < this.#count; round += 1) {
      const echo = 40_000 + round;
      this.#sent += 1;
      const mutant = laterPdu(dice, `${this.#run}/${number}/${round}`);
      line.say(mutant, pData(CONTEXT.verification, FLAG.command | FLAG.last, echoRq(echo)));
      const ending = await untilEcho(peer, line, echo, (what) => fault(`round ${round}: ${what}`));
      if (ending !== 'echo') {
        return ending;
      }
    }
    line.say(Buffer.alloc(0), releaseRq);
    return `all answered, then ${line.ending(await peer.hear(PATIENCE_MS))}`;
  }
}

/** What an honest receiver would say to the C-ECHO behind a mutant, or why it need not. */
async function untilEcho(peer: DicomPeer, line: Line, echo: number, fault: (what: string) => void): Promise<string> {
  for (;;) {
    const heard = await peer.hear(PATIENCE_MS);
    if (typeof heard === 'string' || heard.type !== TYPE.pData) {
      return line.ending(heard);
    }
    const command = heard.body.subarray(6);
    const status = commandValue(command, 0x0900);
    const failed = status !== undefined && status !== 0 && !NO_FAILURES.has(status & 0xf000);
    if (failed && (commandTextOf(command, 0x0902) ?? '') === '') {
      fault(`status ${status.toString(16)}H without an Error Comment`);
    }
    if (commandValue(command, 0x0120) === echo) {
      return status === 0 ? 'echo' : `an honest C-ECHO: status ${status?.toString(16)}H`;
    }
  }
}

/** What was said on a connection, and what may be expected to come of it. */
class Line {
  readonly #peer: DicomPeer;
  #aborted = false;
  #dead = false;

  constructor(peer: DicomPeer) {
    this.#peer = peer;
  }

  /** The mutant, what its own length still asks for, and an honest PDU behind it; or a line that goes dead within it. */
  say(mutant: Buffer, honest: Buffer): void {
    const { missing, aborts } = framing(mutant);
    this.#aborted ||= aborts;
    if (missing > FILLED_UP) {
      this.#dead = true;
      this.#peer.say(mutant);
      this.#peer.socket.end();
      return;
    }
    this.#peer.say(Buffer.concat([mutant, Buffer.alloc(missing), honest]));
  }

  ending(heard: Heard): string {
    if (heard === 'silence') {
      return 'no answer';
    }
    if (heard === 'closed') {
      return this.#aborted ? 'closed after our abort' : this.#dead ? 'closed after our line went dead' : 'closed without a word';
    }
    const names: Readonly<Record<number, string>> = {
      [TYPE.reject]: 'rejected',
      [TYPE.abort]: 'aborted',
      [TYPE.releaseRp]: 'released',
    };
    return names[heard.type] ?? `PDU ${heard.type}`;
  }
}

/** How many bytes the last PDU lacks, by the lengths the bytes themselves name; and whether an A-ABORT is among them. */
function framing(bytes: Buffer): { readonly missing: number; readonly aborts: boolean } {
  // A header that is cut off is completed with zeros too.
  const padded = Buffer.concat([bytes, Buffer.alloc(6)]);
  let aborts = false;
  let at = 0;
  while (at < bytes.byteLength) {
    aborts ||= bytes[at] === TYPE.abort && padded.readUInt32BE(at + 2) === 4;
    at += 6 + padded.readUInt32BE(at + 2);
  }
  return { missing: at - bytes.byteLength, aborts };
}
