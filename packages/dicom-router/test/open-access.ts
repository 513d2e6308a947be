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
  rights: new Set<Right>(['administer']),
  facilities: 'all',
};

/** An access that lets in whoever shows the word, and keeps what it was asked and told. */
export class OpenAccess implements Pick<Access, 'guard' | 'audit' | 'facilities' | 'signIn'> {
  readonly events: AuditEvent[] = [];
  readonly asked: Right[] = [];

  guard(right: Right): MiddlewareHandler<AppEnv> {
    this.asked.push(right);
    return async (c, next) => {
      if (c.req.header('authorization') !== 'Bearer word') {
        return c.json({ title: 'no' }, 401);
      }
      c.set('subject', ADMINISTRATOR);
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
