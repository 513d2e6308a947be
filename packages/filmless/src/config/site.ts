import type { Facility } from '@filmless/access';
import type { AeConfig, AePermission } from '@filmless/dicom-router';
import { AE_SETTINGS_KEYS, parseAeSettings } from './ae-settings.ts';
import { parseDeidentification } from './deidentification-settings.ts';
import type { Site } from './model.ts';
import type { YamlNode } from './yaml-node.ts';

/** What only `filmless.yaml` can say: facilities and known application entities. Every fault names its line. */

const PERMISSIONS: readonly AePermission[] = ['echo', 'store', 'query', 'retrieve'];
const UNKNOWN_AES: readonly AePermission[] = ['echo', 'store'];

const DEFAULT_FACILITY_ID = 'main';

export const EMPTY_SITE: Site = {
  facilities: [],
  aes: [],
  unknownAes: UNKNOWN_AES,
  unknownSopClasses: false,
  deidentification: [],
  destinations: [],
  rules: undefined,
};

export const SITE_KEYS: readonly string[] = [
  'facilities',
  'aes',
  'unknownAes',
  'unknownSopClasses',
  'deidentification',
  'destinations',
  'rules',
];

function unique<T>(items: readonly T[], keyOf: (item: T) => string, nodes: readonly YamlNode[], what: string): readonly T[] {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (seen.has(keyOf(item))) {
      nodes[index]?.fail(`the ${what} ${keyOf(item)} stands here a second time`);
    }
    seen.add(keyOf(item));
  }
  return items;
}

function parseFacility(node: YamlNode): Facility {
  node.onlyKeys(['id', 'name', 'patientIdIssuer']);
  const idNode = node.need('id');
  const id = idNode.text();
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id)) {
    idNode.fail('a facility id has 1 to 64 lower-case letters, digits, "-" and "_"');
  }
  const issuerNode = node.get('patientIdIssuer');
  const patientIdIssuer = issuerNode?.text().normalize('NFC') ?? id.toUpperCase();
  if (patientIdIssuer === '' || patientIdIssuer.length > 64 || /[\\\p{Cc}]/u.test(patientIdIssuer)) {
    (issuerNode ?? node).fail('patientIdIssuer has 1 to 64 characters without a backslash');
  }
  const name = node.need('name').text().normalize('NFC').trim();
  if (name === '' || name.length > 200) {
    node.need('name').fail('name has 1 to 200 characters');
  }
  return { id, name, patientIdIssuer };
}

function parsePermissions(node: YamlNode): readonly AePermission[] {
  return node.items().map((item) => {
    const text = item.text();
    return PERMISSIONS.find((permission) => permission === text) ?? item.fail(`"${text}" is none of ${PERMISSIONS.join(', ')}`);
  });
}

function parseAe(node: YamlNode, facilities: readonly Facility[]): AeConfig {
  node.onlyKeys(['title', 'host', 'port', 'may', 'facility', ...AE_SETTINGS_KEYS]);
  const titleNode = node.need('title');
  const title = titleNode.text().trim();
  if (!/^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(title)) {
    titleNode.fail('an AE title has 1 to 16 plain characters without a backslash');
  }
  const facilityNode = node.get('facility');
  const facility = facilityNode?.text() ?? facilities[0]?.id ?? DEFAULT_FACILITY_ID;
  const known = facilities.length === 0 ? [DEFAULT_FACILITY_ID] : facilities.map(({ id }) => id);
  if (!known.includes(facility)) {
    (facilityNode ?? node).fail(`there is no facility "${facility}"; known: ${known.join(', ')}`);
  }
  const host = node.get('host')?.text();
  const port = node.get('port')?.integer(1, 65_535);
  if ((host === undefined) !== (port === undefined)) {
    node.fail('host and port belong together: give both, or neither for one that only calls');
  }
  const may = node.get('may');
  return {
    title,
    facility,
    may: may === undefined ? UNKNOWN_AES : parsePermissions(may),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...parseAeSettings(node),
  };
}

export function parseSite(root: YamlNode, routed: Pick<Site, 'destinations' | 'rules'>): Site {
  const facilityNodes = root.get('facilities')?.items() ?? [];
  const facilities = unique(facilityNodes.map(parseFacility), ({ id }) => id, facilityNodes, 'facility');
  const aeNodes = root.get('aes')?.items() ?? [];
  const aes = unique(
    aeNodes.map((node) => parseAe(node, facilities)),
    ({ title }) => title,
    aeNodes,
    'AE title',
  );
  const unknown = root.get('unknownAes');
  return {
    facilities,
    aes,
    unknownAes: unknown === undefined ? UNKNOWN_AES : parsePermissions(unknown),
    unknownSopClasses: root.get('unknownSopClasses')?.truth() ?? false,
    deidentification: parseDeidentification(root.get('deidentification')),
    ...routed,
  };
}
