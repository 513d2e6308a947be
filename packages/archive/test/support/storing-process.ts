import { openTestArchive } from './archive.ts';
import { objectFile } from './objects.ts';

/** Stores one instance after the other, several at once, and prints the number of each that was acknowledged, until it is killed. */
const [folder = ''] = process.argv.slice(2);
const archive = await openTestArchive({ folder });
let next = 1;
const storeOn = async (): Promise<never> => {
  for (;;) {
    const number = next++;
    const { status } = await archive.store(objectFile({ number }));
    process.stdout.write(`${status} ${number}\n`);
  }
};
await Promise.all(Array.from({ length: 8 }, storeOn));
