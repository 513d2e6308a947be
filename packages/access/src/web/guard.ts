import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { AppEnv } from '../access.ts';
import { authorize } from '../authorize.ts';
import { AccessError } from '../errors.ts';
import type { AuditEvent, Right } from '../model.ts';
import type { Authenticator, Identity } from './authenticator.ts';
import { marked } from './marks.ts';
import { problem, problemOfAccess } from './problem.ts';
import { foreignRequest } from './same-origin.ts';

/** What stands between a request and its handler. */
export class Guards {
  readonly #authenticator: Authenticator;
  readonly #audit: (event: AuditEvent) => Promise<void>;
  /** Which session a request came by, for the routes of this package only. */
  readonly #identities = new WeakMap<Request, Identity>();

  constructor(authenticator: Authenticator, audit: (event: AuditEvent) => Promise<void>) {
    this.#authenticator = authenticator;
    this.#audit = audit;
  }

  right(right: Right): MiddlewareHandler<AppEnv> {
    return marked({ kind: 'right', right }, this.#guard(right));
  }

  signedIn(): MiddlewareHandler<AppEnv> {
    return marked({ kind: 'signed-in' }, this.#guard(undefined));
  }

  open(why: string): MiddlewareHandler<AppEnv> {
    return marked({ kind: 'open', why }, async (_c, next) => {
      await next();
    });
  }

  /** Open, but a change that only our own page may ask for: signing in. */
  openToOwnPage(why: string): MiddlewareHandler<AppEnv> {
    return marked({ kind: 'open', why }, async (c, next) => {
      const foreign = foreignRequest(originFacts(c));
      return foreign === undefined ? await next() : problem(c, 403, 'Request from elsewhere', foreign);
    });
  }

  identityOf(c: Context<AppEnv>): Identity | undefined {
    return this.#identities.get(c.req.raw);
  }

  #guard(right: Right | undefined): MiddlewareHandler<AppEnv> {
    return async (c, next) => {
      const identity = await this.#identify(c);
      if (identity instanceof Response) {
        return identity;
      }
      const { subject } = identity;
      if (shownByBrowsers(identity)) {
        const foreign = foreignRequest(originFacts(c));
        if (foreign !== undefined) {
          return await this.#refuse(c, identity, 'Request from elsewhere', foreign);
        }
      }
      if (right !== undefined && !authorize(subject, right).allowed) {
        return await this.#refuse(
          c,
          identity,
          'Not allowed',
          `This needs the right "${right}", which ${subject.name} does not have.`,
        );
      }
      this.#identities.set(c.req.raw, identity);
      c.set('subject', subject);
      await next();
    };
  }

  async #identify(c: Context<AppEnv>): Promise<Identity | Response> {
    try {
      return await this.#authenticator.identify(c);
    } catch (error) {
      if (!(error instanceof AccessError)) {
        throw error;
      }
      const { status, title, detail, headers = {} } = problemOfAccess(error);
      const challenge = status === 401 ? { 'www-authenticate': challengeFor(c) } : {};
      return problem(c, status, title, detail, { ...headers, ...challenge });
    }
  }

  async #refuse(c: Context<AppEnv>, { subject }: Identity, title: string, detail: string): Promise<Response> {
    const address = c.env.remoteAddress;
    await this.#audit({ action: 'request', outcome: 'refused', subject, address, detail: `${c.req.method} ${routePath(c)}` });
    return problem(c, 403, title, detail);
  }
}

function shownByBrowsers({ by }: Identity): boolean {
  return by === 'session' || by === 'basic';
}

/** A browser that is offered Basic asks for a password in a window of its own, above our sign-in page. RFC 9110 11.6.1. */
function challengeFor(c: Context<AppEnv>): string {
  const browser = c.req.header('sec-fetch-mode') !== undefined || (c.req.header('user-agent') ?? '').startsWith('Mozilla/');
  const bearer = 'Bearer realm="Filmless"';
  return browser ? bearer : `Basic realm="Filmless", charset="UTF-8", ${bearer}`;
}

function originFacts(c: Context<AppEnv>) {
  return {
    method: c.req.method,
    host: c.req.header('host'),
    secure: c.env.secure,
    origin: c.req.header('origin'),
    fetchSite: c.req.header('sec-fetch-site'),
    contentType: c.req.header('content-type'),
  };
}
