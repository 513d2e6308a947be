import type { Translated } from '../message.ts';
import type { failure as vi } from '../vi/failure.ts';

export const failure: Translated<typeof vi> = {
  offline: 'The server cannot be reached. Check the network cable or Wi-Fi; the page reconnects by itself.',
  timeout: 'The server takes too long to answer. Try again in a few minutes.',
  unauthorized: 'Your session has ended. Sign in again.',
  forbidden: 'Your account may not do this. If you need to, ask the administrator.',
  notFound: 'Not found, or not for you to see.',
  conflict: 'This clashes with what is already there: {detail}',
  invalid: 'The server did not accept this: {detail}',
  tooMany: 'Too many requests. Wait {time}, then try again.',
  full: 'The server has no storage space left. Tell the administrator at once.',
  server:
    'The server ran into a fault ({detail}). Stored data is not affected; try again, and tell the administrator if it stays.',
  unreadable:
    'The server’s answer has an unexpected form ({detail}). Reload the page; if it stays, page and server may be of different versions.',
  passwordShort: 'The password needs at least {count} characters.',
  passwordSame: 'The password needs at least {count} different characters.',
  passwordLong: 'The password is too long.',
  passwordName: 'The password is too close to the user name.',
  passwordCommon: 'This password is easily guessed. Take some words that do not belong together.',
  userTaken: 'There is a user with this user name already.',
  tokenTaken: 'There is a token with this name already.',
  facilityTaken: 'There is a facility with the identifier {name} already.',
  aeTaken: 'The machine {name} is listed already.',
  profileNamed: 'The rule “{rule}” uses this profile. Change the rules first.',
  lastAdministrator: 'This is the last administrator. Make another one first.',
};
