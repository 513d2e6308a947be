/** A file the person gave us, with its place in the folder that was dropped. */
export interface Given {
  readonly path: string;
  open(): Promise<Blob>;
}

export async function* givenFiles(files: Iterable<File>): AsyncGenerator<Given> {
  for (const file of files) {
    yield { path: file.webkitRelativePath || file.name, open: () => Promise.resolve(file) };
  }
}

/** The files and folders of a drop. Must be called within the event: the browser empties its list afterwards. */
export function givenByDrop(transfer: DataTransfer): AsyncIterable<Given> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  return entries.length > 0 ? walk(entries) : givenFiles([...transfer.files]);
}

export async function* walk(entries: readonly FileSystemEntry[]): AsyncGenerator<Given> {
  for (const entry of entries) {
    if (isFile(entry)) {
      yield {
        path: entry.fullPath.replace(/^\//, ''),
        open: () => new Promise<Blob>((resolve, reject) => entry.file(resolve, reject)),
      };
    } else if (isDirectory(entry)) {
      yield* walkDirectory(entry);
    }
  }
}

/** The browser lists a folder in portions, until an empty one. */
async function* walkDirectory(directory: FileSystemDirectoryEntry): AsyncGenerator<Given> {
  const reader = directory.createReader();
  for (;;) {
    const portion = await new Promise<readonly FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (portion.length === 0) {
      return;
    }
    yield* walk(portion);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
