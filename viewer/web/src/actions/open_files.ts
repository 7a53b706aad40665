/** Reads files as producers of their own, and goes to the first entry of each. */

import { FILE_PREFIX } from "../../store/protocol";
import { formatCount } from "../format";
import { pick } from "../language";
import type { Model } from "../model";
import { safeText } from "../text_safe";

const text = pick({
  en: {
    reading: (name: string) => `Reading ${name} …`,
    read: (count: string, name: string) => `${count} entries of ${name}`,
    none: (name: string) => `No entry in ${name}`,
    failed: (name: string) => `${name} could not be read`,
  },
  zh: {
    reading: (name: string) => `正在读取 ${name}……`,
    read: (count: string, name: string) => `已从 ${name} 读取 ${count} 个条目`,
    none: (name: string) => `${name} 中没有条目`,
    failed: (name: string) => `无法读取 ${name}`,
  },
});

export async function openFiles(
  model: Model,
  files: readonly File[],
  say: (words: string) => void,
): Promise<void> {
  for (const file of files) {
    const name = safeText(file.name);
    say(text.reading(name));
    const producer = addFile(model, file.name);
    try {
      const { lines, session } = await model.store.ask("open", { file, producer, name: file.name });
      const first = await model.store.ask("findEntry", { session, seq: 0 });
      if (first !== undefined) {
        model.list.value?.goTo({ kind: "item", id: first, offset: 0 });
      }
      if (lines === 0) removeFile(model, producer);
      say(lines === 0 ? text.none(name) : text.read(formatCount(lines), name));
    } catch {
      say(text.failed(name));
    }
  }
}

/** No id comes twice: a file that was removed may still be read for a moment. */
const used = new Set<string>();

/** Returns the id of its producer, which is that of no other. */
function addFile({ files, origins }: Model, name: string): string {
  let id = `${FILE_PREFIX}${name}`;
  for (let number = 2; used.has(id) || origins.value.some((origin) => origin.id === id); number += 1) {
    id = `${FILE_PREFIX}${name}#${number}`;
  }
  used.add(id);
  files.value = [...files.value, { id, name }];
  return id;
}

/** Forgets a file and its entries. */
export function removeFile({ files, view, store }: Model, id: string): void {
  files.value = files.value.filter((file) => file.id !== id);
  if (view.value.muted.includes(id)) {
    view.value = { ...view.value, muted: view.value.muted.filter((muted) => muted !== id) };
  }
  void store.ask("forget", id).catch(() => {});
}
