const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A header's name, or a parameter's value that needs no quotes. RFC 9110 5.6.2. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** True for characters that end or corrupt a header line. RFC 9110 5.5. */
export function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) {
      return true;
    }
  }
  return false;
}
