import { fold } from '@filmless/dicom';
import { LEGAL_BASES, type LegalBasis } from './decision.ts';

/** As a document may say it in Vietnamese; the first is the one that is shown. */
const IN_VIETNAMESE: Readonly<Record<LegalBasis['basis'], readonly [string, ...string[]]>> = {
  patientRequest: ['người bệnh yêu cầu', 'yêu cầu của người bệnh'],
  referral: ['chuyển tuyến', 'chuyển viện', 'chuyển cơ sở khám bệnh, chữa bệnh'],
  consultation: ['hội chẩn', 'hội chẩn từ xa'],
  emergency: ['cấp cứu'],
  authority: ['cơ quan có thẩm quyền yêu cầu', 'cơ quan có thẩm quyền'],
};

export const LEGAL_WORDS: readonly string[] = LEGAL_BASES.flatMap((basis) => [basis, IN_VIETNAMESE[basis][0]]);

/** The legal basis a word stands for, in English or Vietnamese, with accents or without. */
export function parseLegalBasis(text: string): LegalBasis['basis'] | undefined {
  const word = fold(text);
  return LEGAL_BASES.find((basis) => [basis, ...IN_VIETNAMESE[basis]].some((known) => fold(known) === word));
}

export function legalInVietnamese(basis: LegalBasis['basis']): string {
  return IN_VIETNAMESE[basis][0];
}
