import { sendFiles } from '@filmless/dicom-router';
import { ADMIN_TOKEN } from '../../support/product.ts';
import { smallInstance } from '../instances.ts';
import { commandValue, DicomPeer } from './dicom-peer.ts';
import { associateRq, CONTEXT, echoRq, FLAG, pData, releaseRq } from './pdus.ts';

/*
 * A machine of the hospital while others attack: a program of its own, so that only the server's delays are measured. It is given
 * the server's URL, its DICOM port and a seed, and prints a line for each thing it did: what, and how many ms it took or what failed.
 */

const PAUSE_MS = 150;
const PATIENCE_MS = 30_000;

async function echo(port: number): Promise<void> {
  using peer = await DicomPeer.connect(port, '127.0.0.1');
  peer.say(associateRq('FILMLESS', 'HONEST'));
  const accepted = await peer.hear(PATIENCE_MS);
  peer.say(pData(CONTEXT.verification, FLAG.command | FLAG.last, echoRq(1)));
  const answer = await peer.hear(PATIENCE_MS);
  if (typeof accepted === 'string' || typeof answer === 'string' || commandValue(answer.body.subarray(6), 0x0900) !== 0) {
    throw new Error(`C-ECHO: ${JSON.stringify([accepted, answer])}`);
  }
  peer.say(releaseRq);
  await peer.hear(PATIENCE_MS);
}

async function store(port: number, seed: string, number: number): Promise<void> {
  const node = { host: '127.0.0.1', port, calledAe: 'FILMLESS', callingAe: 'HONEST' };
  const { file } = smallInstance(seed, number);
  const { refused } = await sendFiles(
    node,
    (async function* () {
      yield file;
    })(),
  );
  if (refused.length > 0) {
    throw new Error(`C-STORE: ${refused[0]?.problem}`);
  }
}

async function query(url: string): Promise<void> {
  const response = await fetch(new URL('/dicom-web/studies?limit=25', url), {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const found: unknown = await response.json();
  if (response.status !== 200 || !Array.isArray(found)) {
    throw new Error(`QIDO: ${response.status}`);
  }
}

async function timed(what: string, act: () => Promise<void>): Promise<void> {
  const began = performance.now();
  try {
    await act();
    console.log(JSON.stringify({ what, ms: Math.round(performance.now() - began) }));
  } catch (error) {
    console.log(JSON.stringify({ what, ms: Math.round(performance.now() - began), failure: String(error) }));
  }
}

const [url = '', port = '', seed = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit());
for (let number = 0; ; number += 1) {
  await timed('echo', () => echo(Number(port)));
  await timed('query', () => query(url));
  await timed('store', () => store(Number(port), `${seed}/honest`, number));
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
