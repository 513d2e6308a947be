import type { Besides } from '@filmless/database';
import { writePlanned } from '@filmless/disk';
import type { AddArgs } from './arguments.ts';

/** An object that is not on disk yet is written before its instance is added. */
export const besides: { readonly add: Besides<AddArgs> } = {
  add: ({ write }) => (write === null ? undefined : writePlanned(write)),
};
