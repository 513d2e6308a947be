import type { Migration } from '@filmless/database';
import { postgresTables } from './postgres/tables.ts';
import { ALL_FIRST_WORDS, ALL_VOCABULARY } from './postgres/word-texts.ts';

const STUDY = `CREATE TABLE study (
  id INTEGER PRIMARY KEY,
  study_instance_uid TEXT NOT NULL UNIQUE,
  facility TEXT NOT NULL,
  patient INTEGER REFERENCES patient (id),
  patient_id TEXT, issuer TEXT NOT NULL,
  name_alphabetic TEXT, name_ideographic TEXT, name_phonetic TEXT,
  birth_date TEXT, sex TEXT,
  study_date TEXT, study_time TEXT, study_id TEXT, accession_number TEXT, description TEXT,
  referring_alphabetic TEXT, referring_ideographic TEXT, referring_phonetic TEXT,
  name_words TEXT NOT NULL, id_words TEXT NOT NULL, referring_words TEXT NOT NULL,
  attributes TEXT NOT NULL,
  described_at TEXT NOT NULL, described_by TEXT NOT NULL,
  modalities TEXT,
  series_count INTEGER NOT NULL, instance_count INTEGER NOT NULL, bytes INTEGER NOT NULL,
  received_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  verified INTEGER NOT NULL, conflict_count INTEGER NOT NULL
) STRICT`;

const SERIES = `CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  study_id INTEGER NOT NULL REFERENCES study (id) ON UPDATE CASCADE,
  series_instance_uid TEXT NOT NULL,
  modality TEXT, number INTEGER, position INTEGER NOT NULL, description TEXT, body_part TEXT,
  performed_date TEXT, performed_time TEXT,
  attributes TEXT NOT NULL,
  described_at TEXT NOT NULL, described_by TEXT NOT NULL,
  instance_count INTEGER NOT NULL, frame_count INTEGER NOT NULL,
  UNIQUE (series_instance_uid, study_id)
) STRICT`;

const INSTANCE = `CREATE TABLE instance (
  id INTEGER PRIMARY KEY,
  series_id INTEGER NOT NULL REFERENCES series (id),
  sop_instance_uid TEXT NOT NULL UNIQUE,
  sop_class_uid TEXT NOT NULL, transfer_syntax_uid TEXT NOT NULL,
  number INTEGER, position INTEGER NOT NULL,
  rows INTEGER, columns INTEGER, bits_allocated INTEGER, number_of_frames INTEGER, frame_count INTEGER NOT NULL,
  size INTEGER NOT NULL, data_set_offset INTEGER NOT NULL, sha256 TEXT NOT NULL,
  received_at TEXT NOT NULL, verified INTEGER NOT NULL,
  object_key TEXT NOT NULL, inflated_key TEXT
) STRICT`;

const first = (prefix: 'name' | 'referring', letter: 'b' | 'c') => `CASE WHEN ${prefix}_words = '' THEN ''
    WHEN ${prefix}_ideographic IS NULL AND ${prefix}_phonetic IS NULL
      THEN ' ${letter}' || substr(${prefix}_words, 1, instr(${prefix}_words || ' ', ' ') - 1)
    ELSE ' ${letter}' || replace(${prefix}_words, ' ', ' ${letter}') END`;

/** A study's tokens: see `StudyWordsTable`. NOTE: `migrations` has it too, so a change of it needs a step that makes all anew. */
export const STUDY_TOKENS: string = `'a'
  || ${first('name', 'b')} || ${first('referring', 'c')}
  || CASE name_words WHEN '' THEN '' ELSE ' n' || replace(name_words, ' ', ' n') END
  || CASE id_words WHEN '' THEN '' ELSE ' i' || replace(id_words, ' ', ' i') END
  || CASE referring_words WHEN '' THEN '' ELSE ' r' || replace(referring_words, ' ', ' r') END
  || coalesce((SELECT ' ' || group_concat('f' || hex(facility), ' ') FROM reach WHERE reach.study_id = study.id), '')
  || coalesce((SELECT ' ' || group_concat('m' || hex(modality), ' ') FROM
    (SELECT DISTINCT modality FROM series WHERE series.study_id = study.id AND modality IS NOT NULL)), '')`;

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'studies, series, instances',
    sqlite: [
      `CREATE TABLE patient (id INTEGER PRIMARY KEY, issuer TEXT NOT NULL, patient_id TEXT NOT NULL, UNIQUE (issuer, patient_id)) STRICT`,
      STUDY,
      'CREATE INDEX study_patient_id ON study (patient_id)',
      'CREATE INDEX study_patient ON study (patient)',
      'CREATE INDEX study_accession_number ON study (accession_number)',
      // The words come folded and split; the ascii tokenizer leaves whatever is not ASCII as it is.
      `CREATE VIRTUAL TABLE study_words USING fts5 (name, ids, referring, facilities, content = '', contentless_delete = 1,
        detail = column, prefix = '1 2 3', tokenize = 'ascii')`,
      `CREATE TABLE reach (
        facility TEXT NOT NULL, study_id INTEGER NOT NULL REFERENCES study (id) ON UPDATE CASCADE ON DELETE CASCADE,
        expires_at TEXT, PRIMARY KEY (facility, study_id)) STRICT, WITHOUT ROWID`,
      'CREATE INDEX reach_study ON reach (study_id)',
      SERIES,
      'CREATE INDEX series_study ON series (study_id, position, series_instance_uid)',
      'CREATE INDEX series_modality ON series (modality, study_id)',
      `CREATE TABLE series_request (
        series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE, step_id TEXT, procedure_id TEXT) STRICT`,
      'CREATE INDEX series_request_series ON series_request (series_id)',
      'CREATE INDEX series_request_step ON series_request (step_id)',
      'CREATE INDEX series_request_procedure ON series_request (procedure_id)',
      INSTANCE,
      'CREATE INDEX instance_series ON instance (series_id, position, sop_instance_uid)',
      `CREATE TABLE instance_header (
        instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE, header BLOB NOT NULL, layout BLOB NOT NULL) STRICT`,
    ],
  },
  {
    version: 2,
    name: 'objects that a rebuild left out',
    sqlite: ['CREATE TABLE left_out (object_key TEXT PRIMARY KEY, reason TEXT NOT NULL) STRICT, WITHOUT ROWID'],
  },
  {
    version: 3,
    name: 'patients by their birth date',
    // Asked for by consoles that know no number; of studies only, so that storing an instance does not pay for it.
    sqlite: ['CREATE INDEX study_birth_date ON study (birth_date) WHERE birth_date IS NOT NULL'],
  },
  {
    version: 4,
    name: 'who sent an instance, for receipts',
    // Of what was kept before nobody asks its object: a rebuild fills it in.
    sqlite: ['ALTER TABLE instance ADD COLUMN sender TEXT'],
  },
  {
    version: 5,
    name: 'objects of removed copies',
    sqlite: [
      `CREATE TABLE removed_object (
        object_key TEXT PRIMARY KEY, study_instance_uid TEXT NOT NULL, facility TEXT NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    ],
    // Its history begins here: all that was made before, too.
    postgres: postgresTables,
  },
  {
    version: 6,
    name: 'what is made of series and images at rest',
    sqlite: [
      // Counts what changed in a series, so that what is made of it can be held against what it is made of.
      'ALTER TABLE series ADD COLUMN changes INTEGER NOT NULL DEFAULT 0',
      'ALTER TABLE series ADD COLUMN settled INTEGER NOT NULL DEFAULT 0',
      `CREATE TABLE series_text (
        series_id INTEGER PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE, sha256 TEXT NOT NULL, root TEXT NOT NULL,
        instances INTEGER NOT NULL, text_bytes INTEGER NOT NULL, crc32 INTEGER NOT NULL, deflated BLOB NOT NULL,
        zstd BLOB NOT NULL) STRICT`,
      `CREATE TABLE series_work (
        series_id INTEGER PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE, due_at TEXT NOT NULL, claimed_by TEXT,
        claimed_until TEXT) STRICT`,
      'CREATE INDEX series_work_due ON series_work (due_at)',
      `CREATE TABLE progressive (
        instance_id INTEGER PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE, derived_key TEXT NOT NULL, lengths TEXT NOT NULL,
        bytes INTEGER NOT NULL, made_at TEXT NOT NULL) STRICT`,
      'CREATE INDEX progressive_made ON progressive (made_at)',
      'CREATE INDEX progressive_key ON progressive (derived_key)',
      // Of series with few instances a text saves nothing.
      `INSERT INTO series_work (series_id, due_at)
        SELECT series.id, study.updated_at FROM series JOIN study ON study.id = series.study_id WHERE series.instance_count >= 8`,
    ],
    postgres: [
      'ALTER TABLE series ADD COLUMN changes BIGINT NOT NULL DEFAULT 0',
      'ALTER TABLE series ADD COLUMN settled BIGINT NOT NULL DEFAULT 0',
      `CREATE TABLE series_text (
        series_id BIGINT PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE, sha256 TEXT NOT NULL, root TEXT NOT NULL,
        instances BIGINT NOT NULL, text_bytes BIGINT NOT NULL, crc32 BIGINT NOT NULL, deflated BYTEA NOT NULL, zstd BYTEA NOT NULL)`,
      `CREATE TABLE series_work (
        series_id BIGINT PRIMARY KEY REFERENCES series (id) ON DELETE CASCADE, due_at TEXT COLLATE "C" NOT NULL,
        claimed_by TEXT COLLATE "C", claimed_until TEXT COLLATE "C")`,
      'CREATE INDEX series_work_due ON series_work (due_at)',
      `CREATE TABLE progressive (
        instance_id BIGINT PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE, derived_key TEXT COLLATE "C" NOT NULL,
        lengths TEXT NOT NULL, bytes BIGINT NOT NULL, made_at TEXT COLLATE "C" NOT NULL)`,
      'CREATE INDEX progressive_made ON progressive (made_at)',
      'CREATE INDEX progressive_key ON progressive (derived_key)',
    ],
  },
  {
    version: 7,
    name: 'searches that are led by an index at every size',
    // Most of the time goes into the words of the studies.
    sqlite: [
      `CREATE TABLE counted (
        facility TEXT NOT NULL, shard INTEGER NOT NULL, studies INTEGER NOT NULL, series INTEGER NOT NULL, instances INTEGER NOT NULL,
        bytes INTEGER NOT NULL, PRIMARY KEY (facility, shard)) STRICT, WITHOUT ROWID`,
      `INSERT INTO counted (facility, shard, studies, series, instances, bytes)
        SELECT facility, id % 16, count(*), sum(series_count), sum(instance_count), sum(bytes) FROM study GROUP BY 1, 2`,
      'DROP TABLE study_words',
      `CREATE VIRTUAL TABLE study_words USING fts5 (words, content = '', contentless_delete = 1, detail = none,
        prefix = '2 3 4 5 6 7', tokenize = 'ascii')`,
      `INSERT INTO study_words (rowid, words) SELECT id, ${STUDY_TOKENS} FROM study ORDER BY id`,
      'CREATE TABLE word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
      'CREATE VIRTUAL TABLE "temp".study_vocabulary USING fts5vocab (main, study_words, row)',
      `INSERT INTO word (word) SELECT term FROM temp.study_vocabulary WHERE (term >= 'n' AND term < 'o') OR (term >= 'r' AND term < 's')`,
      'DROP TABLE temp.study_vocabulary',
      'DROP INDEX series_modality',
    ],
    postgres: [
      `CREATE TABLE counted (
        facility TEXT COLLATE "C" NOT NULL, shard BIGINT NOT NULL, studies BIGINT NOT NULL, series BIGINT NOT NULL, instances BIGINT NOT NULL,
        bytes BIGINT NOT NULL, PRIMARY KEY (facility, shard))`,
      `INSERT INTO counted (facility, shard, studies, series, instances, bytes)
        SELECT facility, 0, count(*), sum(series_count), sum(instance_count), sum(bytes) FROM study GROUP BY facility`,
    ],
  },
  {
    version: 8,
    name: 'how names begin',
    // All words of all studies anew: a row without a copy of its text cannot be added to.
    sqlite: [
      'DROP TABLE study_words',
      `CREATE VIRTUAL TABLE study_words USING fts5 (words, content = '', contentless_delete = 1, detail = none,
        prefix = '2 3 4 5 6 7', tokenize = 'ascii')`,
      `INSERT INTO study_words (rowid, words) SELECT id, ${STUDY_TOKENS} FROM study ORDER BY id`,
    ],
    postgres: [
      'CREATE TABLE word (word TEXT COLLATE "C" NOT NULL)',
      ...ALL_FIRST_WORDS,
      ALL_VOCABULARY,
      'CREATE INDEX word_word ON word (word)',
      // Of each word of names it is to be known how many have it.
      'ALTER TABLE study_word ALTER COLUMN word SET STATISTICS 1000',
      'ANALYZE word, study_word',
    ],
  },
];
