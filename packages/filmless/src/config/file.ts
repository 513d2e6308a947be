import { dirname } from 'node:path';
import {
  type ConfiguredDestination,
  type ConfiguredRules,
  destinationsOfFile,
  routerLimits,
  rulesOfFile,
} from '@filmless/dicom-router';
import { ConfigError } from './config-error.ts';
import type { Site } from './model.ts';
import { ALL_OPTIONS, type Given, type OptionKey, type Settings } from './options.ts';
import { EMPTY_SITE, parseSite, SITE_KEYS } from './site.ts';
import { YamlNode } from './yaml-node.ts';

export interface ConfigFile {
  readonly settings: Settings;
  readonly site: Site;
}

export const NO_FILE: ConfigFile = { settings: new Map(), site: EMPTY_SITE };

/** `http-port` for `httpPort`: both ways of writing a setting are taken. */
function inDashes(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Reads the text of `filmless.yaml`. @throws ConfigError naming file and line */
export function parseConfigFile(text: string, file: string): ConfigFile {
  const root = YamlNode.parse(text, file);
  const options = ALL_OPTIONS.filter(({ key }) => key !== 'config');
  root.onlyKeys([...options.flatMap(({ key }) => [key, inDashes(key)]), ...SITE_KEYS]);
  const settings = new Map<OptionKey, Given>();
  for (const { key } of options) {
    const names = new Set([key, inDashes(key)]);
    for (const node of [...names].flatMap((name) => root.get(name) ?? [])) {
      if (settings.has(key)) {
        throw new ConfigError(`${node.where}: "${key}" stands here a second time.`);
      }
      settings.set(key, { text: node.text(), from: node.where, base: dirname(file) });
    }
  }
  return { settings, site: parseSite(root, { destinations: parseDestinations(text, file), rules: parseRules(text, file) }) };
}

function parseDestinations(text: string, file: string): readonly ConfiguredDestination[] {
  const parsed = destinationsOfFile(text);
  if ('message' in parsed) {
    throw new ConfigError(`${file}:${parsed.line}:${parsed.column}: ${parsed.message}`);
  }
  return parsed;
}

/** The router reads its rules itself, so that the file and its page are read alike. */
function parseRules(text: string, file: string): ConfiguredRules | undefined {
  const { configured, problems } = rulesOfFile(text, routerLimits());
  const [first] = problems;
  if (first !== undefined) {
    const rule = first.rule === undefined ? '' : ` rule "${first.rule}":`;
    throw new ConfigError(`${file}:${first.line}:${first.column}:${rule} ${first.message}`);
  }
  return configured;
}
