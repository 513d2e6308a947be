import { ALL_OPTIONS, type Option } from './options.ts';

const COMMANDS = [
  ['serve [options]', 'runs router, archive and viewer until it is stopped'],
  ['reset-admin [options]', 'prints a one-time link that sets a new password for the user admin'],
  ['backup --to DIR [options]', 'copies the records into a new folder in DIR, also while the server runs'],
  ['restore --from DIR [options]', 'puts the records of a backup in place; the server must be stopped'],
  ['support --out FILE.zip [--log FILE] [options]', 'gathers what a helper asks for, without patients’ data'],
  ['rebuild [options]', 'makes the index again from the stored objects; the server must be stopped'],
  ['migrate-index --to-file FILE [options]', 'moves accounts, records and index to PostgreSQL, mostly while the server runs'],
  ['config apply [options]', 'takes facilities and AEs from the file again; the server must be stopped'],
  ['ae list|add|change|remove TITLE …', 'the machines of a running server'],
  ['ae doctor [TITLE], ae fix PROBLEM', 'why machines cannot connect, and what mends it'],
  ['echo TITLE | [TITLE@]HOST:PORT [--image]', 'asks a machine whether it is there, or sends it a test image'],
  ['receipt [STUDY | ACCESSION]', 'whether a study arrived whole and where it went; else those that did not'],
  ['queue list|show|retry|pause|resume|remove …', 'what waits for each destination'],
  ['send FILE… --to TITLE|DESTINATION', 'sends files by C-STORE to a node that the server knows'],
  ['--version', 'prints the version'],
] as const;

function name({ flag, value, key }: Option): string {
  return flag === undefined ? `  (${key})` : `  ${flag}${value === undefined ? '' : ` ${value}`}`;
}

function line(option: Option): string {
  const notes = [
    option.fallback === undefined ? '' : `default ${option.fallback}`,
    option.variable === undefined ? '' : option.variable,
  ].filter((note) => note !== '');
  return `${name(option).padEnd(27)}${option.help}${notes.length === 0 ? '' : ` [${notes.join(', ')}]`}`;
}

/** What `filmless --help` prints. */
export function helpText(): string {
  const commands = COMMANDS.map(([command, what]) => `  filmless ${command.padEnd(46)}${what}`);
  return [
    'Filmless: a medical imaging archive and filmless viewer.',
    '',
    ...commands,
    '',
    'Options; each also a variable and a key of filmless.yaml (option before variable before file):',
    ...ALL_OPTIONS.map(line),
    '',
  ].join('\n');
}
