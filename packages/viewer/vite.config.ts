import preact from '@preact/preset-vite';
import { defineConfig, type UserConfig } from 'vite';

/** Libraries that change rarely and are large, each kept in a file of its own so that an update of the product leaves them cached. */
const CHUNKS = [
  { name: 'preact', test: /node_modules[\\/](preact|@preact[\\/]signals)/, priority: 20 },
  // What the list needs of the vocabulary: not the dictionary, which comes with the page that reads headers.
  { name: 'sop-classes', test: /packages[\\/]dicom[\\/]src[\\/]sop-class/, priority: 16 },
  { name: 'dicom', test: /packages[\\/]dicom[\\/]|node_modules[\\/]dicom-parser/, priority: 15 },
  { name: 'vtk', test: /node_modules[\\/]@kitware[\\/]vtk\.js/, priority: 10 },
  { name: 'cornerstone', test: /node_modules[\\/]@cornerstonejs[\\/](core|metadata|utils)/, priority: 8 },
  { name: 'cornerstone-tools', test: /node_modules[\\/]@cornerstonejs[\\/]tools/, priority: 7 },
];

const config: UserConfig = defineConfig({
  plugins: [preact({ devToolsEnabled: false })],
  // NOTE: xmlbuilder2, pulled in by vtk.js, extends Node's EventEmitter; without this alias the production build dies.
  resolve: { alias: { events: 'events/' } },
  // The image loader's decoders are module workers that import further chunks.
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['@cornerstonejs/dicom-image-loader'], include: ['dicom-parser'] },
  build: {
    target: ['chrome109', 'firefox115', 'safari16'],
    // Inlined data: URLs would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2500,
    rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
  },
});

export default config;
