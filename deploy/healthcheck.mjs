// Asks the server in this container whether it lives; by HTTPS, as it speaks beyond loopback, else by HTTP.
import http from 'node:http';
import https from 'node:https';

const port = process.env.FILMLESS_HTTP_PORT ?? '8080';
const target = { host: '127.0.0.1', port, path: '/healthz', timeout: 3000, rejectUnauthorized: false };

const ask = (client) =>
  new Promise((done) => {
    const request = client.get(target, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(false));
  });

process.exit((await ask(https)) || (await ask(http)) ? 0 : 1);
