export type { Config } from './config/model.ts';
export { createFilmless, type Filmless, type FilmlessOptions } from './server/create-filmless.ts';
export type { PartContext, Parts } from './server/parts.ts';
