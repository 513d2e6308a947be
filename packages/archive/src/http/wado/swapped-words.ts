/** A stream with the bytes of each word in reverse; a rest shorter than a word stays as it is. PS3.5 7.3. */
export function swappedWords(stream: ReadableStream<Uint8Array>, wordBytes: number): ReadableStream<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  const turn = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      const bytes = new Uint8Array(rest.length + chunk.length);
      bytes.set(rest);
      bytes.set(chunk, rest.length);
      const whole = bytes.length - (bytes.length % wordBytes);
      for (let at = 0; at < whole; at += wordBytes) {
        bytes.subarray(at, at + wordBytes).reverse();
      }
      rest = bytes.slice(whole);
      if (whole > 0) {
        controller.enqueue(bytes.subarray(0, whole));
      }
    },
    flush: (controller) => {
      if (rest.length > 0) {
        controller.enqueue(rest);
      }
    },
  });
  return stream.pipeThrough(turn);
}
