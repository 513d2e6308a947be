import { lookupTag, TAG, texts } from '@filmless/dicom';
import type { AeDirectory } from '../aes/ae-directory.ts';
import { onBehalfOf } from '../aes/on-behalf.ts';
import { COMMAND } from '../dimse/command-field.ts';
import { GatheredAnswers } from '../dimse/gathered-answers.ts';
import type { Answer, Service, ServiceRequest } from '../dimse/provider.ts';
import type { RouterLimits } from '../limits.ts';
import type { ArchiveFetch } from '../router.ts';
import { answerDataSet, encodeAnswer } from './answer.ts';
import { queryOptions } from './extended-negotiation.ts';
import type { Identifier } from './identifier.ts';
import { FIND_MODELS } from './information-model.ts';
import { searchUrls } from './qido.ts';
import type { QueryAudit } from './query-audit.ts';
import { type QueryKeys, queryKeys } from './query-keys.ts';
import { readIdentifier } from './read-identifier.ts';
import { isOver, refusalOf } from './refusal.ts';
import { searchArchive } from './search-archive.ts';

/** What query and retrieve services work with. */
export interface QueryContext {
  readonly archiveFetch: ArchiveFetch;
  readonly aes: Pick<AeDirectory, 'rights' | 'find'>;
  readonly aeTitle: string;
  readonly audit: QueryAudit;
  readonly limits: RouterLimits;
}

/** C-FIND as SCP of the Query/Retrieve service class. PS3.4 C.4.1. */
export function findService(context: QueryContext): Service {
  return {
    commandField: COMMAND.cFindRq,
    supports: (abstractSyntax) => FIND_MODELS.has(abstractSyntax),
    handle: (request) => find(context, request),
  };
}

async function find(context: QueryContext, request: ServiceRequest): Promise<Answer> {
  const { peer } = request;
  const caller = onBehalfOf(context.aes, peer);
  if (!context.aes.rights(peer.callingAe).may.includes('query')) {
    context.audit.query(caller, { outcome: 'refused', detail: 'C-FIND: it may not query' });
    return { status: 'notAuthorized', comment: `${peer.callingAe} may not query here` };
  }
  try {
    const identifier = await readIdentifier(context, request, FIND_MODELS);
    return await answerAll(context, request, identifier);
  } catch (error) {
    if (isOver(error, request)) {
      throw error;
    }
    return request.cancelled.aborted ? { status: 'cancelled' } : refusalOf(error);
  }
}

async function answerAll(context: QueryContext, request: ServiceRequest, identifier: Identifier): Promise<Answer> {
  const { peer, cancelled } = request;
  const caller = onBehalfOf(context.aes, peer);
  const keys = queryKeys(identifier, context.limits.searchUids);
  const status = keys.unsupported.length === 0 ? 'pending' : 'pendingWarning';
  const asciiNames = context.aes.rights(peer.callingAe).settings.asciiNames ?? false;
  const archive = (asked: Request) => context.archiveFetch(asked, caller);
  const options = queryOptions(request.context.extended);
  const answers = new GatheredAnswers(request);
  let matches = 0;
  try {
    for (const url of searchUrls(identifier.level, keys, options, context.limits)) {
      for await (const result of searchArchive(archive, url, context.limits, cancelled)) {
        if (cancelled.aborted) {
          return { status: 'cancelled' };
        }
        const answer = answerDataSet(result, identifier, keys.wanted, { aeTitle: context.aeTitle, asciiNames });
        matches += 1;
        if (answers.add({ status, dataSet: encodeAnswer(answer, request.context) })) {
          await answers.send();
        }
      }
    }
    return { status: cancelled.aborted ? 'cancelled' : 'success', before: answers.take() };
  } finally {
    context.audit.query(caller, { outcome: 'success', ...described(identifier, keys, matches) });
  }
}

/** NOTE: which keys, never their values: these name patients. */
function described({ level, keys }: Identifier, { matches, lists }: QueryKeys, found: number) {
  const names = [...matches, ...lists].map(([path]) => lookupTag(path.slice(-8))?.keyword ?? path);
  const by = names.length === 0 ? '' : ` by ${[...new Set(names)].join(', ')}`;
  const [study, ...others] = texts(keys, TAG.StudyInstanceUID);
  return {
    detail: `C-FIND ${level}${by}: ${found} found`,
    ...(study === undefined || others.length > 0 ? {} : { studyInstanceUid: study }),
  };
}
