/** The WebAssembly builds carry no types; this is the part of them that is used. */
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const load: import('./codec-module.ts').CodecFactory;
  export = load;
}
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const load: import('./codec-module.ts').CodecFactory;
  export = load;
}
declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const load: import('./codec-module.ts').CodecFactory;
  export = load;
}
/** The builds that encode, too. */
declare module '@cornerstonejs/codec-charls/wasmjs' {
  const load: import('./codec-module.ts').CodecFactory;
  export = load;
}
declare module '@cornerstonejs/codec-openjpeg/wasmjs' {
  const load: import('./codec-module.ts').CodecFactory;
  export = load;
}
