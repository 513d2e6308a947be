import { isIP } from 'node:net';
import type { Collected } from './collected.ts';
import type { DocumentNode } from './document-node.ts';
import { short } from './document-node.ts';
import type { RuleConditions, TagCondition, TimeWindow } from './rule.ts';
import { parseTagPath, valueFault } from './tag-condition.ts';
import { parseTimeWindow } from './time-window.ts';

const KEYS = ['callingAe', 'address', 'facility', 'complete', 'hours', 'tags'] as const;
const EXAMPLE = '{ callingAe: CT01, tags: { Modality: CT } }';
const TAGS_EXAMPLE = '{ Modality: CT, RequestingService: "Khoa Ngoại*" }';
/** Values of one condition, conditions on tags of one rule. */
const MOST_VALUES = 200;
const MOST_TAGS = 20;
const MOST_CHARACTERS = 256;

/** The conditions of a rule; what is faulty is noted and left out. */
export function parseConditions(collected: Collected, rule: string, node: DocumentNode | undefined): RuleConditions {
  if (node === undefined || collected.attempt(rule, () => node.keys(EXAMPLE)) === undefined) {
    return {};
  }
  collected.attempt(rule, () => node.onlyKeys(KEYS, EXAMPLE));
  const list = <T>(key: (typeof KEYS)[number], parse: (item: DocumentNode) => T): readonly T[] | undefined => {
    const child = node.get(key);
    return child === undefined ? undefined : collected.attempt(rule, () => values(child).map(parse));
  };
  const callingAe = list('callingAe', parseAe);
  const address = list('address', parseAddress);
  const facility = list('facility', (item) => {
    const name = item.text('main').trim();
    collected.refer({ rule, kind: 'facility', name, legal: false }, item.place);
    return name;
  });
  const complete = collected.attempt(rule, () => parseComplete(node.get('complete')));
  const hours = list('hours', parseWindow);
  const tagsNode = node.get('tags');
  const tags = tagsNode === undefined ? undefined : collected.attempt(rule, () => parseTags(tagsNode));
  return {
    ...(callingAe === undefined ? {} : { callingAe }),
    ...(address === undefined ? {} : { address }),
    ...(facility === undefined ? {} : { facility }),
    ...(complete === undefined ? {} : { complete }),
    ...(hours === undefined ? {} : { hours }),
    ...(tags === undefined ? {} : { tags }),
  };
}

/** One or several, and never none: an empty list would fit nothing, or everything. */
function values(node: DocumentNode): readonly DocumentNode[] {
  const items = node.oneOrMore();
  if (items.length === 0 || items.length > MOST_VALUES) {
    node.fail(
      items.length === 0
        ? 'This list is empty. Leave the key out, or name a value.'
        : `A list has at most ${MOST_VALUES} values.`,
    );
  }
  return items;
}

function parseAe(node: DocumentNode): string {
  const title = node.text('CT01').trim();
  return /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(title)
    ? title
    : node.fail(`"${short(title)}" is no AE title: it has 1 to 16 plain characters; * and ? stand for others.`);
}

function parseAddress(node: DocumentNode): string {
  const text = node.text('10.0.0.0/24').trim();
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
  return version !== 0 && fits && rest.length === 0
    ? text
    : node.fail(`"${short(text)}" is no address or network. Write for instance 10.0.0.11 or 10.0.0.0/24.`);
}

function parseComplete(node: DocumentNode | undefined): true | undefined {
  return node === undefined || node.truth()
    ? node && true
    : node.fail('A rule that does not wait for the whole study says nothing of it. Leave "complete" out.');
}

/** `18:00-06:00`. */
export function parseWindow(node: DocumentNode): TimeWindow {
  const text = node.text('"18:00-06:00"');
  return (
    parseTimeWindow(text) ??
    node.fail(`"${short(text)}" is no time of day from which until which. Write for instance "18:00-06:00".`)
  );
}

function parseTags(node: DocumentNode): readonly TagCondition[] {
  const keys = node.keys(TAGS_EXAMPLE);
  if (keys.length === 0 || keys.length > MOST_TAGS) {
    node.fail(
      keys.length === 0 ? `No tag stands here. Write for instance: ${TAGS_EXAMPLE}` : `A rule has at most ${MOST_TAGS} tags.`,
    );
  }
  return keys.map(({ name, place }) => {
    const parsed = parseTagPath(name);
    if ('fault' in parsed) {
      return node.failAt(place, parsed.fault);
    }
    const value =
      node.get(name) ??
      node.failAt(place, `${name} has no value. For an attribute that is empty or missing write: ${name}: '""'`);
    return { ...parsed, wanted: values(value).map((item) => parseWanted(item, parsed)) };
  });
}

function parseWanted(node: DocumentNode, condition: Pick<TagCondition, 'path' | 'name' | 'vr'>): string {
  const text = node.text('CT').trim();
  if (text.length > MOST_CHARACTERS) {
    node.fail(`A value has at most ${MOST_CHARACTERS} characters.`);
  }
  const fault = valueFault(condition, text);
  return fault === undefined ? text : node.fail(fault);
}
