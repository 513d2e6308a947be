/** A function of the system that calls back, as a promise. File handles as objects, which `node:fs/promises` makes, cost garbage. */
export function promised<T>(start: (done: (error: Error | null | undefined, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) {
        resolve(value as T);
      } else {
        reject(error);
      }
    });
  });
}
