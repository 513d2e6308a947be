import { type Client, pathOf } from './client.ts';
import { list, listIn, object, or, type Parse, text } from './json.ts';
import type { Role } from './session.ts';

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly facilities: 'all' | readonly string[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly usedAt: string | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly facilities: 'all' | readonly string[];
  readonly expiresAt?: string;
}

const parseReach: Parse<'all' | readonly string[]> = (value, path) => (value === 'all' ? 'all' : list(text)(value, path));

const parseToken: Parse<Token> = object<Token>({
  id: text,
  name: text,
  rights: list(text),
  facilities: parseReach,
  createdBy: or(text, ''),
  createdAt: or(text, ''),
  expiresAt: or(text, null),
  usedAt: or(text, null),
});

const parseSecret: Parse<{ readonly token: string }> = object<{ readonly token: string }>({ token: text });

export function readTokens(client: Client, signal?: AbortSignal): Promise<readonly Token[]> {
  return client.get('/api/tokens', listIn('tokens', parseToken), signal);
}

/** Answers the secret, which is told this once. */
export async function addToken(client: Client, token: NewToken): Promise<string> {
  return (await client.exchange('/api/tokens', { method: 'POST', body: token }, parseSecret)).token;
}

export function revokeToken(client: Client, id: string): Promise<void> {
  return client.send(pathOf('api', 'tokens', id), { method: 'DELETE' });
}
