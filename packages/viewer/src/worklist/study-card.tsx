import type { VNode } from 'preact';
import type { Study } from '../api/studies.ts';
import { Link } from '../app/link.tsx';
import { studyUrl } from '../app/route.ts';
import { ageOf, bodyPartsOf, descriptionOf, modalityText, nameOf, sexOf, whenOf } from './words.ts';

/** A study in a few lines, as a link to its images. */
export function StudyCard({ study }: { readonly study: Study }): VNode {
  const person = [sexOf(study.patient), ageOf(study), study.patient.id].filter(Boolean).join(' · ');
  const exam = [modalityText(study.modalities), bodyPartsOf(study), descriptionOf(study)].filter(Boolean).join(' · ');
  return (
    <Link class="study-card panel" href={studyUrl(study.studyInstanceUid)}>
      <strong>{nameOf(study.patient)}</strong>
      <span class="soft">{person}</span>
      <span class="soft">{exam}</span>
      <span class="soft numeric">{whenOf(study)}</span>
    </Link>
  );
}
