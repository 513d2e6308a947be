import { describe, expect, it } from 'vitest';
import { associateRq, CT_STORAGE, VERIFICATION } from '../../test/parrot.ts';
import type { Roles } from './association.ts';
import { type AcceptorPolicy, agreedContexts, agreedWindow, answer } from './negotiation.ts';
import type { AssociateRq, UserInformation } from './pdu/model.ts';

const LIMITS = { pduBytes: 16_384, openOperations: 8 };
const CT = CT_STORAGE.abstractSyntax;

const requested = (user: Partial<UserInformation> = {}): AssociateRq => associateRq({ user: { ...associateRq().user, ...user } });

const policy = (changes: Partial<AcceptorPolicy> = {}): AcceptorPolicy => ({
  reject: () => undefined,
  identity: () => Promise.resolve({}),
  choose: ({ transferSyntaxes }) => ({ result: 0, transferSyntax: transferSyntaxes[0] ?? '' }),
  roles: () => undefined,
  extended: () => undefined,
  ...changes,
});

/** What both sides take as agreed, which must be the same. */
function agreed(proposed: AssociateRq, changes: Partial<AcceptorPolicy> = {}) {
  const negotiation = { proposed, answered: answer(proposed, policy(changes), LIMITS) };
  return {
    ct: agreedContexts(negotiation).find(({ abstractSyntax }) => abstractSyntax === CT),
    requestor: agreedWindow(negotiation, 'requestor'),
    acceptor: agreedWindow(negotiation, 'acceptor'),
  };
}

describe('the roles of a context', () => {
  const role = (roles: Roles) => ({ roles: [{ sopClassUid: CT, ...roles }] });

  it.each<[string, Roles, Roles | undefined, Roles]>([
    ['user alone, unless something is said', { scu: true, scp: true }, undefined, { scu: true, scp: false }],
    ['provider, where both want it', { scu: false, scp: true }, { scu: true, scp: true }, { scu: false, scp: true }],
    ['both', { scu: true, scp: true }, { scu: true, scp: true }, { scu: true, scp: true }],
    ['neither, where each wants the other', { scu: false, scp: true }, { scu: true, scp: false }, { scu: false, scp: false }],
    ['never more than was asked for', { scu: true, scp: false }, { scu: true, scp: true }, { scu: true, scp: false }],
  ])('are %s', (_, proposed, allowed, expected) => {
    expect(agreed(requested(role(proposed)), { roles: () => allowed }).ct?.roles).toEqual(expected);
  });

  it('are the default when the answer speaks of them unasked', () => {
    const proposed = requested();
    const answered = answer(proposed, policy(), LIMITS);
    const user = { ...answered.user, ...role({ scu: true, scp: true }) };
    const contexts = agreedContexts({ proposed, answered: { ...answered, user } });
    expect(contexts.map(({ roles }) => roles)).toEqual([
      { scu: true, scp: false },
      { scu: true, scp: false },
    ]);
  });
});

describe('extended negotiation', () => {
  const asking = requested({ extended: [{ sopClassUid: CT, information: Uint8Array.of(1, 1) }] });

  it('holds as it was answered', () => {
    const extended = () => ({ sopClassUid: CT, information: Uint8Array.of(1) });
    expect(agreed(asking, { extended }).ct?.extended).toEqual(Uint8Array.of(1));
  });

  it('holds for nobody who did not ask, and not where nothing was answered', () => {
    const extended = () => ({ sopClassUid: CT, information: Uint8Array.of(1) });
    expect(agreed(requested(), { extended }).ct).not.toHaveProperty('extended');
    expect(agreed(asking).ct).not.toHaveProperty('extended');
  });
});

describe('the window of operations', () => {
  it.each([
    ['one each way, unless something is said', undefined, { ours: 1, theirs: 1 }, { ours: 1, theirs: 1 }],
    [
      'as many as the peer performs, but not without limit',
      { invoked: 4, performed: 0 },
      { ours: 1, theirs: 8 },
      { ours: 8, theirs: 1 },
    ],
    ['fewer where the peer wants fewer', { invoked: 1, performed: 3 }, { ours: 1, theirs: 3 }, { ours: 3, theirs: 1 }],
  ])('is %s', (_, asynchronousOperations, requestor, acceptor) => {
    const proposed = requested(asynchronousOperations === undefined ? {} : { asynchronousOperations });
    expect(agreed(proposed)).toMatchObject({ requestor, acceptor });
  });

  it('is what the other side agreed to, and one where it says nothing', () => {
    const proposed = requested({ asynchronousOperations: { invoked: 8, performed: 1 } });
    const answered = answer(associateRq(), policy(), LIMITS);
    const saying = (invoked: number) => ({
      ...answered,
      user: { ...answered.user, asynchronousOperations: { invoked, performed: 1 } },
    });
    expect(agreedWindow({ proposed, answered }, 'requestor').ours).toBe(1);
    expect(agreedWindow({ proposed, answered: saying(0) }, 'requestor').ours).toBe(8);
    expect(agreedWindow({ proposed, answered: saying(5) }, 'requestor').ours).toBe(5);
    expect(agreedWindow({ proposed, answered: saying(50) }, 'requestor').ours).toBe(8);
  });
});

describe('the answer to a request', () => {
  it('carries what the user is told, when there is something', () => {
    expect(answer(requested(), policy(), LIMITS, Buffer.alloc(0)).user.userIdentityResponse).toEqual(Buffer.alloc(0));
    expect(answer(requested(), policy(), LIMITS).user).not.toHaveProperty('userIdentityResponse');
  });

  it('refuses a context whose number is even', () => {
    const proposed = associateRq({ contexts: [{ ...VERIFICATION, id: 2 }] });
    expect(answer(proposed, policy(), LIMITS).contexts).toEqual([{ id: 2, result: 2, transferSyntax: '1.2.840.10008.1.2' }]);
  });
});
