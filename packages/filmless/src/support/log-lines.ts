/** Bytes of a log's end that are looked at. */
export const MAX_LOG_BYTES = 16_777_216;

/** Fields whose values come from the product itself, and never from what was sent to it. */
const PLAIN: ReadonlySet<string> = new Set([
  'level',
  'time',
  'msg',
  'request',
  'association',
  'method',
  'route',
  'code',
  'reason',
  'why',
]);

/** Times, and ids that the product made. */
const IDS: ReadonlySet<string> = new Set(['time', 'request', 'association']);

/** A value of a known field may still carry what a message quoted. UIDs and long numbers could lead to a patient. */
const TELLING = /\d+(?:\.\d+){3,}|\d{6,}|"[^"]*"|'[^']*'/g;

/**
 * The lines of a log as they may leave the house: numbers, and the texts of known fields without what they quote; of a stack
 * only where it was. Log lines name no patient in the first place; this holds if one ever should. What is no JSON is left out.
 */
export function sanitizeLog(text: string): string {
  const lines = text.split('\n').flatMap((line) => sanitizeLine(line) ?? []);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function sanitizeLine(line: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return undefined;
  }
  const kept = Object.entries(parsed).map(([name, value]: [string, unknown]) => [name, sanitizeValue(name, value)]);
  return JSON.stringify(Object.fromEntries(kept));
}

function sanitizeValue(name: string, value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (typeof value !== 'string') {
    return '…';
  }
  if (name === 'error') {
    return stackOf(value);
  }
  if (IDS.has(name)) {
    return /^[\w:.-]{1,64}$/.test(value) ? value : '…';
  }
  return PLAIN.has(name) ? value.replace(TELLING, '…') : '…';
}

/** The kind of an error and its frames, without its message. */
function stackOf(text: string): string {
  const kind = /^[A-Za-z]*Error/.exec(text)?.[0] ?? 'error';
  const frames = text.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return [kind, ...frames.map((frame) => frame.trim())].join('\n');
}
