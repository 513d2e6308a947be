/** How urgent a delivery is: the first of these that waits goes first. */
export const DELIVERY_CLASSES = ['emergency', 'consultation', 'routine', 'backfill'] as const;

export type DeliveryClass = (typeof DELIVERY_CLASSES)[number];

/** Why another facility may be given a patient's data; Law 91/2025/QH15 art. 26.2. */
export const LEGAL_BASES = ['patientRequest', 'referral', 'consultation', 'emergency', 'authority'] as const;

/** What is recorded of a share with another facility. */
export interface LegalBasis {
  readonly basis: (typeof LEGAL_BASES)[number];
  /** Number or name of the paper that shows it. */
  readonly evidence?: string | undefined;
}

/** One attribute of the top level of a data set that is set, as text: values separated by backslash, a name in its PN form. */
export interface SetAttribute {
  /** Eight hexadecimal digits. */
  readonly tag: string;
  readonly value: string;
}

/** What is changed in the copy that goes out; the archived original stays as it is. */
export interface Changes {
  readonly set?: readonly SetAttribute[] | undefined;
  /** Tags of the top level, eight hexadecimal digits each. */
  readonly remove?: readonly string[] | undefined;
  /** Name of a de-identification profile; it is applied before anything is set or removed. */
  readonly deidentify?: string | undefined;
  /** UID of the transfer syntax it goes out in, where the destination takes that. */
  readonly transferSyntaxUid?: string | undefined;
}

/** One instance is to go to one destination. */
export interface Decision {
  /** Id of the destination. */
  readonly destination: string;
  /** Name of the rule that says so. */
  readonly rule: string;
  readonly priority: DeliveryClass;
  readonly changes: Changes;
  /** Held until then; milliseconds since 1970. */
  readonly notBefore?: number | undefined;
  /** Where the destination is another facility. */
  readonly legal?: LegalBasis | undefined;
}
