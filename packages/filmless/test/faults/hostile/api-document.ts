import type { Product } from '../../support/product.ts';

/** An operation of the product's own API, as its OpenAPI document says. */
export interface Operation {
  readonly method: string;
  /** With `{name}` where a parameter stands. */
  readonly path: string;
  readonly query: readonly string[];
  /** A body that fits the schema; undefined for an operation without. */
  readonly body: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly minimum?: number;
  readonly minLength?: number;
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Described {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

/** Every operation of `/api/openapi.json`. */
export async function operations(product: Product): Promise<readonly Operation[]> {
  const document = (await (await product.fetch('/api/openapi.json')).json()) as ApiDocument;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const schema = requestBody?.content?.['application/json']?.schema;
      return {
        method: method.toUpperCase(),
        path,
        query: parameters.flatMap((parameter) => (parameter.in === 'query' ? [parameter.name] : [])),
        body: schema === undefined ? undefined : sampleOf(schema, document),
      };
    }),
  );
}

function sampleOf(schema: Schema, document: ApiDocument): unknown {
  const referred = schema.$ref?.replace('#/components/schemas/', '');
  const other =
    referred === undefined ? (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.[0] : document.components?.schemas?.[referred];
  if (other !== undefined) {
    return sampleOf(other, document);
  }
  if (schema.const !== undefined || schema.enum !== undefined) {
    return schema.const ?? schema.enum?.[0];
  }
  const { properties = {}, items = {} } = schema;
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'object':
      return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, sampleOf(inner, document)]));
    case 'array':
      return [sampleOf(items, document)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return 'sample'.padEnd(schema.minLength ?? 6, 'x');
  }
}
