import type { AppEnv } from '@filmless/access';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ArchiveError } from '../../core/errors.ts';
import { chooseSingle, wishes } from '../accept.ts';
import { dicomWebRoot, type HttpContext, type RequestContext } from '../context.ts';
import { entityTagOf, isKnown, notModified, REVALIDATE } from '../respond.ts';
import { methodElement } from './methods.ts';
import { findResource, type Resource, resourceTree } from './resource-tree.ts';
import { type Element, element, wadlJson, wadlXml } from './wadl.ts';

const ROOT = '/dicom-web';
const WADL = 'application/vnd.sun.wadl+xml';
const TYPES = [WADL, 'application/json'] as const;

/** Retrieve Capabilities: of all services at the root, of one at its resource. PS3.18 8.9, annex H. */
export function addCapabilityRoutes(app: OpenAPIHono<AppEnv>, context: HttpContext): void {
  const guard = context.access.guard('view');
  let tree: Resource | undefined;
  // All routes are there once the first request comes.
  const answer = (c: RequestContext): Response => {
    tree ??= resourceTree(app.routes, ROOT);
    return describe(c, tree);
  };
  for (const path of [ROOT, `${ROOT}/`]) {
    app.get(path, guard, answer);
    app.options(path, guard, answer);
  }
  app.options(`${ROOT}/*`, guard, answer);
}

function describe(c: RequestContext, tree: Resource): Response {
  const found = findResource(tree, c.req.path.slice(ROOT.length));
  if (found === undefined) {
    throw new ArchiveError('not-found', 'There is no such resource.');
  }
  const type = chooseSingle(wishes(c), TYPES);
  const { resource, template } = found;
  const inner = template === '' ? childrenOf(resource, '') : [resourceElement(resource, template, template)];
  const document = element('application', {}, [element('resources', { base: `${dicomWebRoot(c)}/` }, inner)]);
  const text = type === WADL ? wadlXml(document) : JSON.stringify(wadlJson(document));
  const allow = ['OPTIONS', ...resource.methods, ...(resource.methods.has('GET') ? ['HEAD'] : [])];
  const headers = { 'content-type': type, 'cache-control': REVALIDATE, ...(template === '' ? {} : { allow: allow.join(', ') }) };
  const tag = entityTagOf(text);
  return isKnown(c, tag) ? notModified(c, tag) : c.body(text, 200, { ...headers, etag: tag, vary: 'accept' });
}

/** A resource and all below it; `path` is relative to what it stands in. */
function resourceElement(resource: Resource, path: string, template: string): Element {
  const methods = [...resource.methods].toSorted().map((method) => methodElement(method, template));
  return element('resource', { path }, [...methods, ...childrenOf(resource, template)]);
}

function childrenOf(resource: Resource, template: string): readonly Element[] {
  return [...resource.children.values()].map((child) =>
    resourceElement(child, child.segment, template === '' ? child.segment : `${template}/${child.segment}`),
  );
}
