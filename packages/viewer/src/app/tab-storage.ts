/** What this tab keeps over a reload; undefined where the browser does not let a page keep anything. */
export function tabStorage(): Storage | undefined {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}
