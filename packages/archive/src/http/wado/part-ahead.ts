import type { OutgoingPart } from '@filmless/dicom';

/**
 * The parts, each opened while the one before it is being sent: a store that answers late then keeps nobody waiting but at the
 * first. One is open ahead, no more. Leaving early lets go of it.
 */
export function partAhead(parts: AsyncGenerator<OutgoingPart, void, void>): AsyncGenerator<OutgoingPart, void, void> {
  let ahead: Promise<IteratorResult<OutgoingPart, void>> | undefined;
  const begin = () => {
    const next = parts.next();
    // It is heard when its turn comes.
    next.catch(() => undefined);
    return next;
  };
  return (async function* () {
    try {
      ahead = begin();
      for (;;) {
        const { done, value } = await ahead;
        if (done === true) {
          ahead = undefined;
          return;
        }
        ahead = begin();
        yield value;
      }
    } finally {
      await letGo(ahead);
      await parts.return();
    }
  })();
}

async function letGo(ahead: Promise<IteratorResult<OutgoingPart, void>> | undefined): Promise<void> {
  const found = await ahead?.catch(() => undefined);
  if (found?.done === false && found.value.body instanceof ReadableStream) {
    await found.value.body.cancel().catch(() => undefined);
  }
}
