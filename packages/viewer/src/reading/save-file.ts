/** Has the browser save what is at an address of the server, named as the answer says unless a name is given. */
export function followLink(href: string, name = ''): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}

/** Hands bytes to the browser as a download. */
export function saveFile(name: string, bytes: Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  followLink(url, name);
  // The browser reads the data after the click; a minute is plenty and the memory is given back.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
