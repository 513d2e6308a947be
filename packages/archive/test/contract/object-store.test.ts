import { join } from 'node:path';
import { NODE_DISK } from '@filmless/disk';
import { FileStore } from '../../src/objects/file-store.ts';
import { objectStoreContract } from './object-store.ts';

objectStoreContract('in a folder', (folder) => FileStore.open(join(folder, 'objects')));

const link = () => Promise.reject(Object.assign(new Error('cross-device link'), { code: 'EXDEV' }));
objectStoreContract('in a folder on another disk, in small parts', (folder) =>
  FileStore.open(join(folder, 'objects'), { ...NODE_DISK, link }, { objectsInPart: 3 }),
);
