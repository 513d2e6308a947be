import { STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { associateRq, CT_STORAGE, VERIFICATION } from '../../test/parrot.ts';
import { STORAGE_COMMITMENT_SOP_CLASS } from '../commitment/sop-class.ts';
import { MPPS_RETRIEVE_SOP_CLASS, MPPS_SOP_CLASS } from '../mpps/sop-class.ts';
import type { AePermission } from '../router.ts';
import { acceptorPolicy } from './acceptor-policy.ts';

const CT = CT_STORAGE.abstractSyntax;

function policy(may: readonly AePermission[] = ['echo', 'store'], unknownSopClasses = false, listed = true) {
  return acceptorPolicy({
    aeTitle: 'FILMLESS',
    rights: (title) => ({ may: title === 'NOBODY' ? [] : may, facility: 'main', listed, settings: {} }),
    unknownSopClasses,
  });
}

const choose = (abstractSyntax: string, transferSyntaxes: readonly string[], may?: readonly AePermission[], unknown?: boolean) =>
  policy(may, unknown).choose({ id: 1, abstractSyntax, transferSyntaxes }, associateRq());

describe('what the acceptor agrees to', () => {
  it('is every storage class in every transfer syntax of the standard', () => {
    for (const { uid } of STORAGE_SOP_CLASSES) {
      expect(choose(uid, ['1.2.840.10008.1.2']).result, uid).toBe(0);
    }
    for (const { uid } of TRANSFER_SYNTAXES) {
      expect(choose(CT, [uid]), uid).toEqual({ result: 0, transferSyntax: uid });
    }
  });

  it("is the sender's first syntax, but explicit rather than implicit or big endian", () => {
    expect(choose(CT, ['1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.1']).transferSyntax).toBe('1.2.840.10008.1.2.4.70');
    expect(choose(CT, ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1']).transferSyntax).toBe('1.2.840.10008.1.2.1');
    expect(choose(CT, ['1.2.840.10008.1.2.2', '1.2.840.10008.1.2']).transferSyntax).toBe('1.2.840.10008.1.2.2');
    expect(choose(CT, ['1.2.3.4', '1.2.840.10008.1.2']).transferSyntax).toBe('1.2.840.10008.1.2');
  });

  it.each<[string, string, readonly string[], readonly AePermission[], number]>([
    ['a syntax nobody knows', CT, ['1.2.3.4'], ['store'], 4],
    ['no syntax at all', CT, [], ['store'], 4],
    ['a service that is not there', '1.2.840.10008.5.1.1.9', ['1.2.840.10008.1.2'], ['echo', 'store'], 3],
    ['storing without the right', CT, ['1.2.840.10008.1.2'], ['echo'], 1],
    ['an echo without the right', VERIFICATION.abstractSyntax, ['1.2.840.10008.1.2'], ['store'], 1],
  ])('is not %s', (_, abstractSyntax, syntaxes, may, result) => {
    expect(choose(abstractSyntax, syntaxes, may).result).toBe(result);
  });

  it.each([MPPS_SOP_CLASS, MPPS_RETRIEVE_SOP_CLASS, STORAGE_COMMITMENT_SOP_CLASS])(
    'is %s with listed entities that may store alone',
    (abstractSyntax) => {
      const result = (may: readonly AePermission[], listed: boolean) =>
        policy(may, false, listed).choose({ id: 1, abstractSyntax, transferSyntaxes: ['1.2.840.10008.1.2'] }, associateRq())
          .result;
      expect([result(['store'], true), result(['store'], false), result(['echo'], true)]).toEqual([0, 1, 1]);
    },
  );

  it('is storage commitment with who reports on what we sent it, listed or not', () => {
    const sopClassUid = STORAGE_COMMITMENT_SOP_CLASS;
    const request = associateRq();
    const reporting = { ...request, user: { ...request.user, roles: [{ sopClassUid, scu: false, scp: true }] } };
    const context = { id: 1, abstractSyntax: sopClassUid, transferSyntaxes: ['1.2.840.10008.1.2'] };
    expect(policy(['store'], false, false).choose(context, reporting).result).toBe(0);
  });

  it('is a private or new storage class only when the setting says so, and another service never', () => {
    const results = (unknown: boolean) =>
      ['1.3.12.2.1107.5.9.1', '1.2.840.10008.5.1.4.1.1.9999', '1.2.840.10008.5.1.1.9'].map(
        (uid) => choose(uid, ['1.2.840.10008.1.2'], ['store'], unknown).result,
      );
    expect(results(false)).toEqual([3, 3, 3]);
    expect(results(true)).toEqual([0, 0, 3]);
  });

  it('is nothing for a wrong called title or a caller that may do nothing', () => {
    const reject = (changes: object) => policy().reject(associateRq(changes), { address: '10.0.0.1', secure: false })?.reason;
    expect(reject({})).toBeUndefined();
    expect(reject({ calledAe: 'filmless' })).toBe('called AE title not recognized');
    expect(reject({ callingAe: 'NOBODY' })).toBe('calling AE title not recognized');
  });

  it('promises level 2 storage that keeps signatures and coerces nothing', () => {
    const extended = (sopClassUid: string) => policy().extended({ sopClassUid, information: Uint8Array.of(0) }, associateRq());
    expect(extended(CT)?.information).toEqual(Uint8Array.of(2, 0, 3, 0, 0, 0));
    expect(extended(VERIFICATION.abstractSyntax)).toBeUndefined();
  });
});
