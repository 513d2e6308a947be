import { AE_PERMISSIONS, type AeConfig, type AePermission } from '../aes/ae-config.ts';
import type { TlsSetting } from '../routing/tls-setting.ts';
import type { Trouble } from './trouble.ts';

/** What one press can do about a trouble. */
type FixKind = 'add' | 'allow' | 'address' | 'tls-on' | 'tls-off' | 'pin';

/** One setting that a fix changes. */
interface Change {
  readonly field: 'title' | 'host' | 'port' | 'may' | 'facility' | 'tls';
  readonly from: string | null;
  readonly to: string;
}

/** A proposal: what would be changed, and all that is set afterwards. */
export interface Fix {
  readonly kind: FixKind;
  readonly target: 'ae' | 'destination';
  /** AE title, or id of the destination. */
  readonly id: string;
  readonly changes: readonly Change[];
  /** What a person must give, for nobody here knows it. */
  readonly needs: readonly ('host' | 'port')[];
  /** What is set: the whole entity, or what changes of a destination. */
  readonly ae?: AeConfig;
  readonly tls?: TlsSetting;
}

/** What proposals are made from. */
export interface Known {
  readonly ae: (title: string) => AeConfig | undefined;
  readonly destination: (id: string) => { readonly tls?: TlsSetting | undefined } | undefined;
  /** Address a title called from last. */
  readonly calledFrom: (title: string) => string | undefined;
  /** What an entity may do that is not listed, and its facility. */
  readonly unlisted: { readonly may: readonly AePermission[]; readonly facility: string };
}

/** An AE title that can be listed. PS3.5 6.2. */
const TITLE = /^(?=.{1,16}$)[\x21-\x5b\x5d-\x7e](?:[\x20-\x5b\x5d-\x7e]*[\x21-\x5b\x5d-\x7e])?$/;

/** What can be done about a trouble here, the best first; most have to be mended at the other end. */
export function fixesFor(trouble: Trouble, known: Known): readonly Fix[] {
  if (trouble.settledAt !== null) {
    return [];
  }
  return (trouble.direction === 'in' ? fixesOfCaller(trouble, known) : fixesOfCalled(trouble, known)).filter(
    ({ changes, needs }) => changes.length + needs.length > 0,
  );
}

function fixesOfCaller(trouble: Trouble, known: Known): readonly Fix[] {
  const { cause, title, facts } = trouble;
  const ae = known.ae(title);
  switch (cause) {
    case 'calling-ae-unknown':
    case 'calling-ae-barred':
    case 'service-not-allowed':
    case 'not-authorized':
      return rights(trouble, ae, known);
    case 'from-elsewhere':
      return ae === undefined ? [] : [changed('address', ae, { ...ae, host: trouble.address })];
    case 'tls-needed':
      return ae === undefined ? [] : [changed('tls-off', ae, { ...ae, tls: false })];
    case 'tls-untrusted':
    case 'tls-other-certificate':
    case 'tls-wrong-name':
      return pin(trouble, ae ?? unlisted(trouble, known.unlisted.may, known));
    case 'move-destination-unknown':
      return destination(String(facts.destination ?? ''), trouble, known);
    default:
      return [];
  }
}

function fixesOfCalled(trouble: Trouble, known: Known): readonly Fix[] {
  const { cause, title } = trouble;
  switch (cause) {
    case 'peer-wants-tls':
      return tls('tls-on', true, trouble, known);
    case 'peer-speaks-clear':
      return tls('tls-off', false, trouble, known);
    case 'tls-untrusted':
    case 'tls-other-certificate':
    case 'tls-wrong-name': {
      const { fingerprint } = trouble.facts;
      return typeof fingerprint === 'string' ? tls('pin', { fingerprint }, trouble, known) : [];
    }
    case 'connection-refused':
    case 'timeout-connect':
    case 'host-unreachable':
    case 'name-unknown':
    case 'peer-has-other-title': {
      const ae = trouble.destination === null ? known.ae(title) : undefined;
      const seen = known.calledFrom(title);
      return ae === undefined || seen === undefined ? [] : [changed('address', ae, { ...ae, host: seen })];
    }
    default:
      return [];
  }
}

/** Lists who asked, or lets who is listed do what it asked for. */
function rights(trouble: Trouble, ae: AeConfig | undefined, known: Known): readonly Fix[] {
  const asked = permissions([...namesOf(trouble.facts.asks), ...permissionOf(String(trouble.facts.service ?? ''))]);
  if (ae !== undefined) {
    return [changed('allow', ae, { ...ae, may: permissions([...ae.may, ...asked]) })];
  }
  const may = permissions(['echo', ...known.unlisted.may, ...asked]);
  return TITLE.test(trouble.title) ? [added(unlisted(trouble, may, known), [])] : [];
}

function unlisted({ title, address }: Trouble, may: readonly AePermission[], { unlisted }: Known): AeConfig {
  return { title, host: address, may, facility: unlisted.facility };
}

/** Takes the certificate that was shown for the machine's. */
function pin({ title, facts }: Trouble, ae: AeConfig): readonly Fix[] {
  const { fingerprint } = facts;
  return typeof fingerprint === 'string' && TITLE.test(title) ? [changed('pin', ae, { ...ae, tls: { fingerprint } })] : [];
}

/** Where a C-MOVE is to send to: who asks for it mostly means itself. */
function destination(title: string, trouble: Trouble, known: Known): readonly Fix[] {
  const listed = known.ae(title);
  const seen = listed?.host ?? known.calledFrom(title) ?? (title === trouble.title ? trouble.address : undefined);
  const needs = [...(seen === undefined ? (['host'] as const) : []), ...(listed?.port === undefined ? (['port'] as const) : [])];
  const host = seen === undefined ? {} : { host: seen };
  if (listed !== undefined) {
    return needs.length === 0 ? [] : [{ ...changed('address', listed, { ...listed, ...host }), needs }];
  }
  const may: readonly AePermission[] = ['echo', 'query', 'retrieve'];
  return TITLE.test(title) ? [added({ title, ...host, may, facility: known.unlisted.facility }, needs)] : [];
}

/** What is called may be a destination or an entity that is listed. */
function tls(kind: FixKind, setting: TlsSetting, trouble: Trouble, known: Known): readonly Fix[] {
  if (trouble.destination !== null) {
    const found = known.destination(trouble.destination);
    const changes = changesOf(found?.tls === undefined ? {} : { tls: found.tls }, { tls: setting });
    return found === undefined
      ? []
      : [{ kind, target: 'destination', id: trouble.destination, changes, needs: [], tls: setting }];
  }
  const ae = known.ae(trouble.title);
  return ae === undefined ? [] : [changed(kind, ae, { ...ae, tls: setting })];
}

function added(ae: AeConfig, needs: Fix['needs']): Fix {
  return { kind: 'add', target: 'ae', id: ae.title, changes: changesOf({}, ae), needs, ae };
}

function changed(kind: FixKind, from: AeConfig, to: AeConfig): Fix {
  return { kind, target: 'ae', id: to.title, changes: changesOf(from, to), needs: [], ae: to };
}

const FIELDS = ['title', 'host', 'port', 'may', 'facility', 'tls'] as const;

function changesOf(from: Partial<AeConfig>, to: Partial<AeConfig>): readonly Change[] {
  return FIELDS.flatMap((field) => {
    const [before, after] = [shown(from[field]), shown(to[field])];
    return after === undefined || after === before ? [] : [{ field, from: before ?? null, to: after }];
  });
}

function shown(value: AeConfig[(typeof FIELDS)[number]]): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.join(', ');
  }
  return typeof value === 'object' && 'fingerprint' in value ? (value.fingerprint ?? '') : String(value);
}

function permissions(names: readonly string[]): readonly AePermission[] {
  return AE_PERMISSIONS.filter((permission) => names.includes(permission));
}

function namesOf(fact: Trouble['facts'][string] | undefined): readonly string[] {
  return typeof fact === 'object' ? fact : [];
}

/** The permission that an operation needs. */
function permissionOf(service: string): readonly AePermission[] {
  switch (service) {
    case 'C-STORE':
    case 'N-CREATE':
    case 'N-SET':
    case 'N-ACTION':
      return ['store'];
    case 'C-FIND':
      return ['query'];
    case 'C-MOVE':
    case 'C-GET':
      return ['retrieve'];
    default:
      return [];
  }
}
