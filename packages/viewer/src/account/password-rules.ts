/** The shortest password the server takes. */
export const PASSWORD_LENGTH = 12;

export type PasswordRule = 'length' | 'name' | 'same';

/** Which rules a new password keeps; the server has the last word. */
export function keptRules(password: string, repeated: string, username: string): ReadonlySet<PasswordRule> {
  const kept = new Set<PasswordRule>();
  if ([...password].length >= PASSWORD_LENGTH) {
    kept.add('length');
  }
  if (password !== '' && (username === '' || !password.toLowerCase().includes(username.toLowerCase()))) {
    kept.add('name');
  }
  if (password !== '' && password === repeated) {
    kept.add('same');
  }
  return kept;
}

export function keepsAll(kept: ReadonlySet<PasswordRule>): boolean {
  return kept.size === 3;
}
