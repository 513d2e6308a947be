import { createServer } from 'node:net';
import { Parrot } from './parrot.ts';

/** A listening parrot: the script plays for each connection. */
export interface ParrotServer extends AsyncDisposable {
  readonly port: number;
}

export async function parrotServer(script: (parrot: Parrot) => Promise<void>): Promise<ParrotServer> {
  const open = new Set<Parrot>();
  const server = createServer({ noDelay: true }, (socket) => {
    const parrot = Parrot.of(socket);
    open.add(parrot);
    void script(parrot);
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      for (const parrot of open) {
        parrot.hangUp();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
