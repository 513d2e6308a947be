/** Hands bytes to the browser as a download. */
export function saveFile(name: string, bytes: Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the data after the click; a minute is plenty and the memory is given back.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
