import http from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';

/** Connections kept open to the store: as many as instances are stored and frames are read at once. */
const SOCKETS = 64;

/** An agent whose connections end when the server sends nothing for `idleMs`, so that a store that hangs is noticed. */
export function idleAgent(tls: boolean, idleMs: number): http.Agent {
  const options = { keepAlive: true, maxSockets: SOCKETS, timeout: idleMs };
  const agent = tls ? new https.Agent(options) : new http.Agent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (target, done) => {
    const socket = connect(target, done);
    if (socket instanceof Socket) {
      socket.on('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    }
    return socket;
  };
  return agent;
}
