/** Who does much at once must not have it all done before anybody else is heard. */
export function turnOfOthers(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
