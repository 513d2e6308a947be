import { TRANSFER_SYNTAXES } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { proposalFor } from './proposals.ts';
import { chooseContext } from './transfer-choice.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const MR = '1.2.840.10008.5.1.4.1.1.4';
const syntax = (suffix: string) => `1.2.840.10008.1.2${suffix}`;
const IMPLICIT = syntax('');
const EXPLICIT = syntax('.1');
const JPEG_BASELINE = syntax('.4.50');
const JPEG_LS = syntax('.4.80');
const JPEG_2000_LOSSLESS = syntax('.4.90');
const JPEG_2000 = syntax('.4.91');
const MPEG_4 = syntax('.4.102');

const accepted = (...pairs: readonly (readonly [abstractSyntax: string, transferSyntax: string])[]) =>
  new Map(
    pairs.map(([abstractSyntax, transferSyntax], index) => {
      const id = 2 * index + 1;
      return [id, { id, abstractSyntax, transferSyntax, roles: { scu: true, scp: false } }] as const;
    }),
  );

describe('the context an instance goes out in', () => {
  it.each<[string, string, readonly string[], string | undefined, string | undefined]>([
    ['what is stored, where the peer takes it', JPEG_LS, [EXPLICIT, JPEG_LS], JPEG_LS, undefined],
    ['the same bytes under a wider name, untouched', JPEG_2000_LOSSLESS, [EXPLICIT, JPEG_2000], JPEG_2000, undefined],
    ['uncompressed otherwise, explicit before implicit', JPEG_LS, [IMPLICIT, EXPLICIT], EXPLICIT, EXPLICIT],
    ['implicit where that is all', EXPLICIT, [IMPLICIT], IMPLICIT, IMPLICIT],
    ['compressed otherwise without loss', JPEG_LS, [JPEG_2000_LOSSLESS], JPEG_2000_LOSSLESS, JPEG_2000_LOSSLESS],
    ['decompressed, what was compressed with loss', JPEG_BASELINE, [IMPLICIT], IMPLICIT, IMPLICIT],
    ['none, rather than compressed with loss', EXPLICIT, [JPEG_BASELINE], undefined, undefined],
    ['none, rather than compressed with loss once more', JPEG_2000, [JPEG_BASELINE], undefined, undefined],
    ['none for video the peer does not take', MPEG_4, [IMPLICIT, EXPLICIT], undefined, undefined],
    ['none for a syntax nobody knows', '1.2.3', [IMPLICIT], undefined, undefined],
  ])('is %s', (_, stored, taken, expected, transcode) => {
    const choice = chooseContext(accepted(...taken.map((one) => [CT, one] as const)), CT, stored);
    expect(choice?.context.transferSyntax).toBe(expected);
    expect(choice?.transcode).toBe(transcode);
  });

  it('is of the SOP class, never of another', () => {
    expect(chooseContext(accepted([MR, EXPLICIT]), CT, EXPLICIT)).toBeUndefined();
  });

  it('is never a lossy one unless what is stored is that, whatever the peer takes', () => {
    const all = accepted(...TRANSFER_SYNTAXES.map(({ uid }) => [CT, uid] as const));
    for (const { uid } of TRANSFER_SYNTAXES) {
      expect(chooseContext(all, CT, uid)).toMatchObject({ context: { transferSyntax: uid } });
    }
    const lossy = accepted(...TRANSFER_SYNTAXES.filter((one) => one.lossy).map(({ uid }) => [CT, uid] as const));
    for (const { uid } of TRANSFER_SYNTAXES) {
      expect(chooseContext(lossy, CT, uid)?.transcode).toBeUndefined();
    }
  });
});

describe('the contexts that are proposed', () => {
  it('let the receiver take what is stored, whatever else it takes', () => {
    const { contexts } = proposalFor([
      { sopClassUid: CT, transferSyntaxUid: JPEG_2000_LOSSLESS },
      { sopClassUid: CT, transferSyntaxUid: EXPLICIT },
      { sopClassUid: CT, transferSyntaxUid: EXPLICIT },
    ]);
    expect(contexts.slice(0, 4)).toEqual([
      { id: 1, abstractSyntax: CT, transferSyntaxes: [JPEG_2000_LOSSLESS] },
      { id: 3, abstractSyntax: CT, transferSyntaxes: [EXPLICIT] },
      { id: 5, abstractSyntax: CT, transferSyntaxes: [JPEG_2000] },
      { id: 7, abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
    ]);
    expect(contexts[4]?.transferSyntaxes).toContain(JPEG_LS);
    expect(contexts.flatMap(({ transferSyntaxes }) => transferSyntaxes)).not.toContain(JPEG_BASELINE);
  });

  it('are for video its own alone', () => {
    const { contexts } = proposalFor([{ sopClassUid: CT, transferSyntaxUid: MPEG_4 }]);
    expect(contexts).toEqual([{ id: 1, abstractSyntax: CT, transferSyntaxes: [MPEG_4] }]);
  });

  it('are 128 at the most; stored syntaxes come first, and what found no room is told', () => {
    const pairs = Array.from({ length: 130 }, (_, index) => ({ sopClassUid: `1.2.${index}`, transferSyntaxUid: JPEG_LS }));
    const proposal = proposalFor(pairs);
    expect(proposal.contexts).toHaveLength(128);
    expect(proposal.contexts.at(-1)).toEqual({ id: 255, abstractSyntax: '1.2.127', transferSyntaxes: [JPEG_LS] });
    expect(pairs.filter((pair) => !proposal.covers(pair))).toEqual(pairs.slice(128));
    expect(proposal.covers({ sopClassUid: '1.2.0', transferSyntaxUid: EXPLICIT })).toBe(false);
  });
});
