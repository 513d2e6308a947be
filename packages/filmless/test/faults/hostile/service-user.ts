import { commandTextOf, commandValue, DicomPeer, type Heard } from './dicom-peer.ts';
import { echoRq, FLAG, pData } from './pdus.ts';
import { associateWithServices, ECHO_CONTEXT } from './services.ts';

/** A command that the server sent, as far as it is looked at. */
export interface HeardCommand {
  readonly contextId: number;
  readonly commandField: number;
  /** Of a request. */
  readonly messageId: number | undefined;
  /** Of a response. */
  readonly respondedTo: number | undefined;
  readonly status: number | undefined;
  readonly comment: string;
}

/** What the association ended in, where it did. */
export type Ended = 'aborted' | 'closed' | 'silence' | 'released';

const TYPE = { accept: 2, pData: 4, releaseRp: 6, abort: 7 } as const;
const COMMAND_FLAG = 1;
/** Longer than any answer takes. */
const PATIENCE_MS = 30_000;
/** Of the C-ECHO behind what is tried. */
export const LAST_MESSAGE = 60_000;

/** A peer that speaks every service, and hears commands. */
export class ServiceUser implements Disposable {
  readonly #peer: DicomPeer;

  private constructor(peer: DicomPeer) {
    this.#peer = peer;
  }

  /** @throws when the association is not accepted */
  static async open(port: number, callingAe: string): Promise<ServiceUser> {
    const peer = await DicomPeer.connect(port, '127.0.0.1');
    peer.say(associateWithServices(callingAe));
    const accepted = await peer.hear(PATIENCE_MS);
    if (typeof accepted === 'string' || accepted.type !== TYPE.accept) {
      throw new Error(`not accepted: ${typeof accepted === 'string' ? accepted : accepted.type}`);
    }
    return new ServiceUser(peer);
  }

  say(...bytes: readonly Uint8Array[]): void {
    this.#peer.say(Buffer.concat(bytes));
  }

  /** Says it in pieces, as fast as they are taken. */
  async sayAll(bytes: Buffer, pieceBytes = 1_000_000): Promise<void> {
    for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
      this.#peer.say(bytes.subarray(at, at + pieceBytes));
      await this.#peer.room();
    }
  }

  /** The next command; data sets are passed over. */
  async hear(): Promise<HeardCommand | Ended> {
    for (;;) {
      const heard = await this.#peer.hear(PATIENCE_MS);
      if (typeof heard === 'string' || heard.type !== TYPE.pData) {
        return endOf(heard);
      }
      if (((heard.body[5] ?? 0) & COMMAND_FLAG) !== 0) {
        return commandIn(heard.body);
      }
    }
  }

  /** What comes until the C-ECHO that is sent behind all else is answered, or the association has ended. */
  async untilEcho(): Promise<{ readonly commands: readonly HeardCommand[]; readonly ended: Ended | undefined }> {
    this.say(pData(ECHO_CONTEXT, FLAG.command | FLAG.last, echoRq(LAST_MESSAGE)));
    const commands: HeardCommand[] = [];
    for (;;) {
      const heard = await this.hear();
      if (typeof heard === 'string') {
        return { commands, ended: heard };
      }
      if (heard.respondedTo === LAST_MESSAGE) {
        return { commands, ended: heard.status === 0 ? undefined : 'aborted' };
      }
      commands.push(heard);
    }
  }

  [Symbol.dispose](): void {
    this.#peer[Symbol.dispose]();
  }
}

function endOf(heard: Heard): Ended {
  if (typeof heard === 'string') {
    return heard;
  }
  return heard.type === TYPE.abort ? 'aborted' : 'released';
}

function commandIn(body: Buffer): HeardCommand {
  const command = body.subarray(6);
  return {
    contextId: body[4] ?? 0,
    commandField: commandValue(command, 0x0100) ?? 0,
    messageId: commandValue(command, 0x0110),
    respondedTo: commandValue(command, 0x0120),
    status: commandValue(command, 0x0900),
    comment: commandTextOf(command, 0x0902) ?? '',
  };
}
