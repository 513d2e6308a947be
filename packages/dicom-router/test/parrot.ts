import { connect, type Socket } from 'node:net';
import { decodePdu, pduName } from '../src/ul/pdu/decode.ts';
import { encodePData, encodePdu } from '../src/ul/pdu/encode.ts';
import { APPLICATION_CONTEXT, type AssociateRq, type ControlPdu, type ProposedContext } from '../src/ul/pdu/model.ts';

/** What a parrot heard: a PDU by its name, or that the other side closed. */
export interface Heard {
  readonly name: string;
  readonly body: Buffer;
  readonly pdu: ControlPdu | undefined;
}

export const VERIFICATION: ProposedContext = {
  id: 1,
  abstractSyntax: '1.2.840.10008.1.1',
  transferSyntaxes: ['1.2.840.10008.1.2'],
};

export const CT_STORAGE: ProposedContext = {
  id: 3,
  abstractSyntax: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxes: ['1.2.840.10008.1.2.1'],
};

/** An A-ASSOCIATE-RQ as any modality sends it, with changes. */
export function associateRq(changes: Partial<AssociateRq> = {}): AssociateRq {
  return {
    type: 'associate-rq',
    protocolVersion: 1,
    calledAe: 'FILMLESS',
    callingAe: 'PARROT',
    applicationContext: APPLICATION_CONTEXT,
    contexts: [VERIFICATION, CT_STORAGE],
    user: {
      maxLength: 16_384,
      implementationClassUid: '1.2.3',
      implementationVersionName: 'PARROT',
      roles: [],
      extended: [],
      commonExtended: [],
    },
    ...changes,
  };
}

/** One PDV in one P-DATA-TF. */
export function pData(contextId: number, command: boolean, last: boolean, bytes: Uint8Array): Buffer {
  return Buffer.concat(encodePData([{ contextId, command, last, parts: [bytes] }]));
}

/** A scripted peer: says exactly the bytes it is told, and repeats what it hears. */
export class Parrot implements Disposable {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #closed = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** `localAddress`: one of this machine's, to be another machine with. */
  static async connect(port: number, localAddress = '127.0.0.1'): Promise<Parrot> {
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Parrot(socket);
  }

  /** Wraps a socket that a server of the test was given. */
  static of(socket: Socket): Parrot {
    return new Parrot(socket);
  }

  say(...words: readonly (Buffer | ControlPdu)[]): void {
    this.#socket.write(Buffer.concat(words.map((word) => (Buffer.isBuffer(word) ? word : encodePdu(word)))));
  }

  /** Opens an association; gives the answer's name. */
  async associate(changes: Partial<AssociateRq> = {}): Promise<Heard> {
    this.say(associateRq(changes));
    return await this.hear();
  }

  async hear(): Promise<Heard> {
    for (;;) {
      const length = this.#bytes.byteLength < 6 ? undefined : this.#bytes.readUInt32BE(2);
      if (length !== undefined && this.#bytes.byteLength >= 6 + length) {
        const type = this.#bytes.readUInt8(0);
        const body = this.#bytes.subarray(6, 6 + length);
        this.#bytes = this.#bytes.subarray(6 + length);
        const name = pduName(type) ?? `${type}`;
        return { name, body, pdu: name === 'P-DATA-TF' ? undefined : decodePdu(type, body) };
      }
      if (this.#closed) {
        return { name: 'closed', body: Buffer.alloc(0), pdu: undefined };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Closes without a word. */
  hangUp(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
