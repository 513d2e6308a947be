import {
  type Access,
  AccessError,
  type AppEnv,
  type AuditEvent,
  type Facility,
  type Right,
  type Subject,
} from '@filmless/access';
import type { MiddlewareHandler } from 'hono';

const ADMINISTRATOR: Subject = {
  kind: 'user',
  id: '1',
  name: 'admin',
  rights: new Set<Right>(['administer', 'view']),
  facilities: 'all',
};

/** Looks after one hospital of several. */
const OF_NORTH: Subject = { ...ADMINISTRATOR, id: '2', name: 'north', facilities: ['north'] };

const SUBJECTS: ReadonlyMap<string | undefined, Subject> = new Map([
  ['Bearer word', ADMINISTRATOR],
  ['Bearer north', OF_NORTH],
]);

/** An access that lets in whoever shows a word, and keeps what it was asked and told. */
export class OpenAccess implements Pick<Access, 'guard' | 'audit' | 'facilities' | 'signIn'> {
  readonly events: AuditEvent[] = [];
  readonly asked: Right[] = [];

  guard(right: Right): MiddlewareHandler<AppEnv> {
    this.asked.push(right);
    return async (c, next) => {
      const subject = SUBJECTS.get(c.req.header('authorization'));
      if (subject === undefined) {
        return c.json({ title: 'no' }, 401);
      }
      c.set('subject', subject);
      await next();
      return undefined;
    };
  }

  /** Knows one user. */
  signIn(username: string, password: string): Promise<Subject> {
    return username === 'bác.sĩ' && password === 'mật khẩu'
      ? Promise.resolve({ ...ADMINISTRATOR, name: username })
      : Promise.reject(new AccessError('invalid-credentials', 'The user name or the password is wrong.'));
  }

  facilities(): readonly Facility[] {
    return ['main', 'north'].map((id) => ({ id, name: id, patientIdIssuer: id }));
  }

  audit(event: AuditEvent): Promise<void> {
    this.events.push(event);
    return Promise.resolve();
  }
}
