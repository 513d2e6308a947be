export * from './dataset/model.ts';
export * from './errors.ts';
export * from './frames/model.ts';
export * from './part10/byte-source.ts';
export * from './uid.ts';
export * from './vr.ts';
