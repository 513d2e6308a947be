/** Bytes that are read in order into the memory of whoever wants them: a file, or a part of one. */
export interface ByteRun {
  /** Bytes that were not read yet. */
  readonly left: number;
  /**
   * Fills as much of `into` as there are bytes left, and gives how many these were: none is the end. With the last of them, or when it
   * fails, the run is closed. One at a time; `into` is the caller's again once it resolves or rejects.
   */
  read(into: Uint8Array): Promise<number>;
  /** Waits for what is being read. A second time nothing happens. */
  close(): Promise<void>;
}

const untouched = new WeakMap<ReadableStream<Uint8Array>, ByteRun>();

/** Bytes a stream reads at a time for a reader without a buffer of its own. */
const CHUNK = 256 * 1024;

/**
 * The run as a stream of bytes, which reads into the buffers of its reader. Whoever has buffers to fill takes the run itself, with
 * `takeRun`: a stream costs more than reading what lies in the system's memory does.
 */
export function streamOfRun(run: ByteRun): ReadableStream<Uint8Array> {
  const stream: ReadableStream<Uint8Array> = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      untouched.delete(stream);
      const lent = controller.byobRequest?.view;
      const read = lent === undefined || lent === null ? await ownChunk(controller, run) : await run.read(bytesOf(lent));
      if (read > 0) {
        controller.byobRequest?.respond(read);
      }
      if (read === 0 || run.left === 0) {
        controller.close();
        // NOTE: a reader whose buffer got nothing waits until it is given back.
        controller.byobRequest?.respond(0);
      }
    },
    cancel: () => {
      untouched.delete(stream);
      return run.close();
    },
  });
  untouched.set(stream, run);
  return stream;
}

async function ownChunk(controller: ReadableByteStreamController, run: ByteRun): Promise<number> {
  const chunk = new Uint8Array(Math.min(CHUNK, run.left));
  const read = await run.read(chunk);
  if (read > 0) {
    controller.enqueue(chunk.subarray(0, read));
  }
  return read;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The run of a stream that nobody has read from, which is the caller's from now on; undefined for any other stream. */
export function takeRun(stream: ReadableStream<Uint8Array>): ByteRun | undefined {
  const run = stream.locked ? undefined : untouched.get(stream);
  if (run !== undefined) {
    untouched.delete(stream);
    // Locked: what is taken here cannot be read there as well.
    stream.getReader();
  }
  return run;
}
