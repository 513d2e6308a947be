import type { TagKey, Vr } from '@filmless/dicom';
import type { DeliveryClass, LegalBasis, SetAttribute } from './decision.ts';

/** A time of day from which and until which; it may go over midnight. Minutes since midnight, local to the facility. */
export interface TimeWindow {
  readonly from: number;
  /** Not included; up to 1,440. */
  readonly to: number;
}

/** An attribute whose value must fit one of the wanted. */
export interface TagCondition {
  /** The tag, behind those of the sequences it lies in. */
  readonly path: readonly [TagKey, ...TagKey[]];
  /** As it was written: `RequestAttributesSequence.ScheduledProcedureStepID`. */
  readonly name: string;
  readonly vr: Vr;
  readonly wanted: readonly string[];
}

/** When a rule fits: every one that is given must; of a list one is enough. */
export interface RuleConditions {
  /** `*` and `?` as in matching, in the letters' own case. */
  readonly callingAe?: readonly string[] | undefined;
  /** Addresses and networks: `10.0.0.11`, `10.0.0.0/24`, `fd00::/8`. */
  readonly address?: readonly string[] | undefined;
  /** Ids of facilities. */
  readonly facility?: readonly string[] | undefined;
  /** Only once the study counts as complete. */
  readonly complete?: true | undefined;
  /** When the instance arrived. */
  readonly hours?: readonly TimeWindow[] | undefined;
  readonly tags?: readonly TagCondition[] | undefined;
}

/** One destination that gets what fits. */
export interface RuleSend {
  readonly to: string;
  readonly priority: DeliveryClass;
  readonly transferSyntaxUid?: string | undefined;
  readonly legal?: LegalBasis | undefined;
  /** Sent only within these. */
  readonly hold?: readonly TimeWindow[] | undefined;
}

/** Earlier studies of the patient that go where the instance goes. */
export interface RulePrefetch {
  /** How many, the newest first. */
  readonly priors: number;
  /** Modalities they have; that of the instance for `same`, all for `any`. */
  readonly modality: 'same' | 'any' | readonly string[];
  readonly priority: DeliveryClass;
}

/** What is done where a rule fits. All that is sent by one rule is changed alike. */
export interface RuleActions {
  readonly sends: readonly RuleSend[];
  readonly set: readonly SetAttribute[];
  /** Eight hexadecimal digits each. */
  readonly remove: readonly TagKey[];
  readonly deidentify?: string | undefined;
  readonly prefetch?: RulePrefetch | undefined;
  /** No later rule looks at the instance. */
  readonly stop: boolean;
}

/** One rule of a document; its name is unique there. */
export interface Rule {
  readonly name: string;
  readonly enabled: boolean;
  readonly when: RuleConditions;
  readonly actions: RuleActions;
}

/** Where something stands in a document; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a document, in one sentence that says what to write instead. */
export interface RuleProblem extends Place {
  /** The rule it stands in; undefined outside of any, or where it has no name. */
  readonly rule?: string | undefined;
  readonly message: string;
}

/** A name in a document of something that is set up elsewhere. */
export interface RuleReference extends Place {
  readonly rule: string;
  readonly kind: 'destination' | 'facility' | 'profile';
  readonly name: string;
  /** The rule says itself on what legal basis it sends there. */
  readonly legal: boolean;
}

/** A document of rules as it was read: either its problems or its rules. */
export type RuleDocument =
  | { readonly problems: readonly RuleProblem[]; readonly rules?: undefined }
  | { readonly problems?: undefined; readonly rules: readonly Rule[]; readonly references: readonly RuleReference[] };
