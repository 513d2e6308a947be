import { join } from 'node:path';
import { FileStore } from '../../src/objects/file-store.ts';
import { objectStoreContract } from './object-store.ts';

objectStoreContract('in a folder', (folder) => FileStore.open(join(folder, 'objects')));
