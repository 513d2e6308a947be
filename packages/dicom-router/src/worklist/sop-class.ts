/** Modality Worklist Information Model - FIND. PS3.4 K.6.1.4. */
export const MODALITY_WORKLIST_SOP_CLASS = '1.2.840.10008.5.1.4.31';
