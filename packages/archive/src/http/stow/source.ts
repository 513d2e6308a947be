import { authorize, type Source, type Subject } from '@filmless/access';
import { ArchiveError } from '../../core/errors.ts';
import type { HttpContext, RequestContext } from '../context.ts';

const AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;
const ADDRESS = /^[0-9A-Fa-f:.]{2,45}$/;

/**
 * Where uploaded instances come from: the facility of the person or token that sends them, or, from a router in front of the
 * archive, the modality it names in `Filmless-Source: ae=CT01;ip=10.0.0.11;facility=main`. Only the right `relay` lets a
 * sender speak for another; from anybody else the header counts for nothing.
 * @throws ArchiveError `invalid-request`
 */
export function sourceOf(c: RequestContext, context: HttpContext): Source {
  const subject = c.get('subject');
  const own: Source = {
    kind: 'stow',
    address: c.env.remoteAddress,
    user: subject.name,
    facility: ownFacility(subject, context),
    verified: true,
  };
  const relayed = c.req.header('filmless-source');
  if (relayed === undefined) {
    return own;
  }
  if (!authorize(subject, 'relay').allowed) {
    context.log.warn({ subject: subject.name }, 'Filmless-Source ignored: its sender has no right to relay');
    return own;
  }
  return { ...own, ...relayedSource(relayed, subject, context) };
}

function ownFacility(subject: Subject, context: HttpContext): string {
  const facility = subject.facilities === 'all' ? context.access.facilities()[0]?.id : subject.facilities[0];
  if (facility === undefined) {
    throw new ArchiveError('invalid-request', 'You belong to no facility, so nobody would own these images.');
  }
  return facility;
}

function relayedSource(header: string, subject: Subject, context: HttpContext): Partial<Source> {
  const fields = new Map(header.split(';').map((field) => pair(field)));
  const { ae, ip, facility } = { ae: fields.get('ae'), ip: fields.get('ip'), facility: fields.get('facility') };
  if ((ae !== undefined && !AE_TITLE.test(ae)) || (ip !== undefined && !ADDRESS.test(ip))) {
    throw new ArchiveError('invalid-request', 'Filmless-Source: ae must be an AE title and ip an address.');
  }
  if (facility !== undefined && !authorize(subject, 'relay', { facility }).allowed) {
    throw new ArchiveError(
      'invalid-request',
      `Filmless-Source: you do not relay for a facility ${JSON.stringify(facility.slice(0, 64))}.`,
    );
  }
  if (facility !== undefined && !context.access.facilities().some(({ id }) => id === facility)) {
    throw new ArchiveError('invalid-request', `Filmless-Source: there is no facility ${JSON.stringify(facility.slice(0, 64))}.`);
  }
  return {
    ...(ae === undefined ? {} : { callingAe: ae.trim() }),
    ...(ip === undefined ? {} : { address: ip }),
    ...(facility === undefined ? {} : { facility }),
  };
}

function pair(field: string): readonly [string, string] {
  const equals = field.indexOf('=');
  return equals < 0 ? [field.trim(), ''] : [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1).trim()];
}
