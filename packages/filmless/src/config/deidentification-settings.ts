import { type NamedProfile, parseProfile } from '@filmless/dicom-router';
import type { YamlNode } from './yaml-node.ts';

/** The profiles under `deidentification:`, by name. @throws ConfigError naming the line */
export function parseDeidentification(node: YamlNode | undefined): readonly NamedProfile[] {
  return (node?.keys() ?? []).map((name) => {
    const given = node?.get(name);
    const profile = parseProfile(name, given?.json() ?? {});
    if (!('message' in profile)) {
      return profile;
    }
    const { path, message } = profile;
    const place = given?.at(path) ?? node;
    const where = ['deidentification', name, ...path].join('.');
    return place?.fail(`${where}: ${message}`) ?? { name, options: [] };
  });
}
