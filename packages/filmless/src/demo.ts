import type { Log } from '@filmless/access';
import { type Router, sendFiles } from '@filmless/dicom-router';
import { demoStudies } from '@filmless/fixtures';
import type { Config } from './config/model.ts';
import type { Filmless } from './server/create-filmless.ts';
import { localHost } from './tls/host-names.ts';

/** Who seems to send the sample studies. */
const DEMO_AE = 'FILMLESS_DEMO';

/**
 * `--demo`: sends the sample studies to the server itself by C-STORE over the network, as a modality would, when it holds
 * none. A failure is told and the server goes on.
 */
export async function sendDemoStudies(filmless: Filmless, config: Config, log: Log, signal: AbortSignal): Promise<void> {
  const { archive, router } = filmless;
  if (router === undefined || !(await archive.isEmpty())) {
    log.info({}, 'the archive holds studies already: no sample studies are sent');
    return;
  }
  try {
    const { sent, refused } = await sendFiles({ ...target(config, router), callingAe: DEMO_AE, signal }, bytes());
    log.info({ sent, refused: refused.length }, 'the sample studies were sent');
    for (const { problem } of refused) {
      log.warn({ problem }, 'a sample image was refused');
    }
  } catch (error) {
    if (!signal.aborted) {
      log.error({ error: String(error) }, 'the sample studies could not be sent');
    }
  }
}

function target({ host, aeTitle }: Config, { dicomPort }: Router) {
  return { host: localHost(host), port: dicomPort, calledAe: aeTitle };
}

async function* bytes(): AsyncGenerator<Uint8Array> {
  const now = new Date();
  // Times of a study are local to its facility; the fixtures read the UTC fields.
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  for await (const file of demoStudies({ now: local })) {
    yield file.bytes;
  }
}
