import type { AeDirectory } from '../aes/ae-directory.ts';
import { readWhole } from '../dimse/message.ts';
import type { ServiceRequest } from '../dimse/provider.ts';
import { RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import { queryOptions } from './extended-negotiation.ts';
import { type Identifier, parseIdentifier } from './identifier.ts';
import type { InformationModel } from './information-model.ts';

/** What reading an identifier depends on. */
export interface IdentifierContext {
  readonly aes: Pick<AeDirectory, 'rights'>;
  readonly limits: Pick<RouterLimits, 'identifierBytes'>;
}

/**
 * The identifier of a request.
 * @throws RouterError `invalid-request` in words for the peer, and what ends the association
 */
export async function readIdentifier(
  { aes, limits }: IdentifierContext,
  { context, dataSet, peer }: Pick<ServiceRequest, 'context' | 'dataSet' | 'peer'>,
  models: ReadonlyMap<string, InformationModel>,
): Promise<Identifier> {
  const model = models.get(context.abstractSyntax);
  if (model === undefined || dataSet === undefined) {
    throw new RouterError('invalid-request', 'the request has no identifier');
  }
  const bytes = await whole(() => readWhole(dataSet, limits.identifierBytes));
  const { charsetIn } = aes.rights(peer.callingAe).settings;
  const { relational } = queryOptions(context.extended);
  return parseIdentifier({ bytes, context, ...(charsetIn === undefined ? {} : { charsetIn }) }, model, relational);
}

async function whole(read: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RouterError && error.code === 'too-long') {
      throw new RouterError('invalid-request', `the identifier is too long: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
