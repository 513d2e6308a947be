import { displayName } from '@filmless/dicom';
import type { Client } from '../api/client.ts';
import { anything, asRecord, list } from '../api/json.ts';
import type { Person } from './facts.ts';

/** What of a study is here already. */
export interface StudyHere {
  readonly patient: Pick<Person, 'id' | 'issuer' | 'name'>;
  /** SOP Instance UIDs. */
  readonly instances: ReadonlySet<string>;
}

/** Study Instance UIDs of one question: a request line has at most 16 KiB. */
const ASKED_AT_ONCE = 50;
const PAGE = 1_000;
/** Pages of one study that are asked for. */
const MOST_PAGES = 200;

/** Which of these studies are here, with their images. @throws ApiError, the abort of `signal` */
export async function findHere(
  client: Client,
  uids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StudyHere>> {
  const found = new Map<string, StudyHere>();
  const distinct = [...new Set(uids)];
  for (let from = 0; from < distinct.length; from += ASKED_AT_ONCE) {
    const asked = distinct.slice(from, from + ASKED_AT_ONCE);
    const query = new URLSearchParams({ StudyInstanceUID: asked.join(','), includefield: '00100021', limit: String(PAGE) });
    for (const study of await ask(client, `/dicom-web/studies?${query}`, signal)) {
      const uid = textIn(study, '0020000D');
      const patient = { id: textIn(study, '00100020'), issuer: textIn(study, '00100021'), name: nameIn(study) };
      found.set(uid, { patient, instances: await instancesOf(client, uid, signal) });
    }
  }
  return found;
}

async function instancesOf(client: Client, uid: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const instances = new Set<string>();
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await ask(client, `/dicom-web/studies/${uid}/instances?limit=${PAGE}&offset=${page * PAGE}`, signal);
    for (const instance of answer) {
      instances.add(textIn(instance, '00080018'));
    }
    if (answer.length < PAGE) {
      break;
    }
  }
  return instances;
}

type Found = Readonly<Record<string, unknown>>;

async function ask(client: Client, path: string, signal: AbortSignal): Promise<readonly Found[]> {
  const answer = await client.exchange(path, { headers: { Accept: 'application/dicom+json' }, signal }, list(anything));
  return answer.map((entry) => asRecord(entry, path));
}

function valueIn(dataSet: Found, tag: string): unknown {
  const attribute = dataSet[tag];
  const values = attribute === undefined ? undefined : asRecord(attribute, tag).Value;
  return Array.isArray(values) ? values[0] : undefined;
}

function textIn(dataSet: Found, tag: string): string {
  const value = valueIn(dataSet, tag);
  return typeof value === 'string' ? value : '';
}

function nameIn(dataSet: Found): string {
  const value = valueIn(dataSet, '00100010');
  const name = value === undefined ? undefined : asRecord(value, '00100010').Alphabetic;
  return typeof name === 'string' ? displayName({ Alphabetic: name }) : '';
}
