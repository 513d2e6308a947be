import { ConfigError } from '../config/config-error.ts';
import type { LoadInput } from '../config/load.ts';
import { noMore, takeFlags } from '../remote/flags.ts';
import { openServer, type Server } from '../remote/server.ts';
import { tableLines } from '../remote/table.ts';
import { type ListedReceiptStudy, listIn, parseReceipt, type ToldReceipt } from '../remote/views.ts';

type Print = (line: string) => void;

const USAGE = 'receipt [STUDY | ACCESSION] [--waiting] [--json]';
const UID = /^[0-9]+(?:\.[0-9]+)+$/;

/**
 * `filmless receipt STUDY`: whether a study arrived whole, and where it went; ends with 1 while something of it is missing, was refused or
 * waits for a person. Without a study: those of which that is so.
 */
export async function receipt(input: LoadInput, print: Print): Promise<void> {
  const { values, switches, words, rest } = takeFlags(input, { values: ['--server'], switches: ['--json', '--waiting'] });
  noMore(words, 1, USAGE);
  const server = await openServer(rest, values.get('--server'));
  const [whom] = words;
  if (whom === undefined) {
    const answer = await server.ask('GET', `/api/receipts?state=${switches.has('--waiting') ? 'waiting' : 'problem'}`);
    printList(answer, switches.has('--json'), print);
    return;
  }
  const study = UID.test(whom) ? whom : await studyOf(server, whom);
  const answer = await server.ask('GET', `/api/studies/${study}/receipt`);
  const found = parseReceipt(answer);
  for (const line of switches.has('--json') ? [JSON.stringify(answer)] : linesOf(found)) {
    print(line);
  }
  if (found.state === 'problem') {
    throw new ConfigError(`${whom}: the receipt is not complete. Do not delete its images at the machine.`, { passing: true });
  }
}

/** @throws ConfigError when there is none, or several */
async function studyOf(server: Server, accessionNumber: string): Promise<string> {
  const query = new URLSearchParams({ accessionNumber, limit: '2' });
  const studies = listIn<ListedReceiptStudy>(await server.ask('GET', `/api/studies?${query}`), 'studies');
  const [first, second] = studies;
  if (first === undefined) {
    throw new ConfigError(`There is no study with the accession number ${accessionNumber}.`, { passing: true });
  }
  if (second !== undefined) {
    throw new ConfigError(`Several studies have the accession number ${accessionNumber}: name one by its Study Instance UID.`);
  }
  return first.studyInstanceUid;
}

function printList(answer: unknown, json: boolean, print: Print): void {
  const rows = listIn<ListedReceiptStudy>(answer, 'studies').map(({ studyInstanceUid, accessionNumber, receipt: mark }) => [
    studyInstanceUid,
    accessionNumber,
    ...[mark.missing, mark.refused, mark.aside, mark.waiting].map(String),
  ]);
  const head = ['STUDY', 'ACCESSION', 'MISSING', 'REFUSED', 'ASIDE', 'WAITING'];
  for (const line of json ? [JSON.stringify(answer)] : tableLines(head, rows)) {
    print(line);
  }
}

function linesOf({ state, missing, told, sent, safe, indexed, refused, commitment, deliveries }: ToldReceipt): readonly string[] {
  const rows = [
    ...told.map(({ by, from, count }) => [`told by ${from}`, String(count), by]),
    ...sent.map(({ callingAe, user, count, last }) => [
      `sent by ${callingAe ?? user ?? 'unknown'}`,
      String(count),
      `last ${last}`,
    ]),
    ['safe', String(safe), ''],
    ['indexed', String(indexed), ''],
    ['missing', String(missing), refused === 0 ? '' : `${refused} of them refused`],
    ...deliveries.map(({ destination, delivered, waiting, held, aside, problem }) => [
      `delivered to ${destination}`,
      String(delivered),
      [`${waiting + held} waiting, ${aside} aside`, problem ?? ''].filter(Boolean).join(': '),
    ]),
    ['confirmed to machines', String(commitment.granted), `of ${commitment.asked}`],
  ];
  return [`state: ${state}`, ...tableLines(['WHAT', 'IMAGES', 'MORE'], rows)];
}
