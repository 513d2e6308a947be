export * from './dataset/accessors.ts';
export { toBigEndian } from './dataset/big-endian.ts';
export * from './dataset/json.ts';
export * from './dataset/limits.ts';
export * from './dataset/model.ts';
export * from './dataset/pixel-data-header.ts';
export * from './dataset/read.ts';
export * from './dataset/recode.ts';
export * from './dataset/write.ts';
export * from './deidentify/blacken.ts';
export * from './deidentify/deidentify.ts';
export { DEIDENTIFICATION_OPTIONS, type DeidentificationOption } from './deidentify/options.ts';
export * from './deidentify/profile.ts';
export type { Mac } from './deidentify/pseudonyms.ts';
export * from './dictionary/dictionary.ts';
export * from './dictionary/tag.gen.ts';
export * from './errors.ts';
export * from './frames/frame-ranges.ts';
export * from './frames/model.ts';
export * from './matching/combine-date-times.ts';
export * from './matching/glob.ts';
export type * from './matching/match-key.ts';
export * from './matching/matcher.ts';
export * from './matching/name.ts';
export * from './matching/parse-match-key.ts';
export * from './matching/words.ts';
export * from './multipart/byte-run.ts';
export * from './multipart/content-type.ts';
export * from './multipart/filler.ts';
export * from './multipart/pieces.ts';
export * from './multipart/read.ts';
export * from './multipart/send-buffers.ts';
export * from './multipart/write.ts';
export * from './part10/byte-source.ts';
export {
  type FileMeta,
  type FoundFileMeta,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
} from './part10/file-meta.ts';
export * from './part10/inspect.ts';
export * from './part10/read-file-meta.ts';
export * from './part10/read-object.ts';
export type * from './part10/received-object.ts';
export * from './part10/write-file-meta.ts';
export * from './sop-class.ts';
export * from './text/character-set.ts';
export * from './text/date.ts';
export * from './text/encode-text.ts';
export * from './text/fold.ts';
export * from './text/person-name.ts';
export { isCharacterSetTerm } from './text/terms.ts';
export * from './text/without-accents.ts';
export * from './transfer-syntax.ts';
export * from './uid.ts';
export * from './vr.ts';
