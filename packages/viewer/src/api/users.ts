import { type Client, pathOf } from './client.ts';
import { flag, list, listIn, object, type Parse, text } from './json.ts';
import { parseRole, type Role } from './session.ts';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  readonly facilities: readonly string[];
  readonly disabled: boolean;
}

/** A password is given for a new user, or to set another one. */
export type UserChange = Omit<User, 'id'> & { readonly password?: string };

const parseUser: Parse<User> = object<User>({
  id: text,
  username: text,
  displayName: text,
  role: parseRole,
  facilities: list(text),
  disabled: flag,
});

export function readUsers(client: Client, signal?: AbortSignal): Promise<readonly User[]> {
  return client.get('/api/users', listIn('users', parseUser), signal);
}

export function addUser(client: Client, user: UserChange): Promise<void> {
  return client.send('/api/users', { method: 'POST', body: user });
}

export function changeUser(client: Client, id: string, user: UserChange): Promise<void> {
  return client.send(pathOf('api', 'users', id), { method: 'PUT', body: user });
}

export function deleteUser(client: Client, id: string): Promise<void> {
  return client.send(pathOf('api', 'users', id), { method: 'DELETE' });
}
