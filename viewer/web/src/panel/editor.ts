/** Links into the reader's editor, as `vscode://file/{path}:{line}`. */

import { signal } from "@preact/signals";
import type { Place } from "./frame";

const KEY = "logrtc.editor";

/** The reader's template; empty without one. */
export const editorTemplate = signal(readTemplate());

export function setEditorTemplate(template: string): void {
  editorTemplate.value = template;
  try {
    localStorage.setItem(KEY, template);
  } catch {
    // Not kept, then.
  }
}

function readTemplate(): string {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Addresses of these schemes run in the page. */
const FORBIDDEN = /^(?:javascript|data|vbscript|blob|about|file):/i;

/** The address of a place; undefined if the template is none for addresses. */
export function editorLink(template: string, { path, line, column }: Place): string | undefined {
  const address = template.trim();
  if (!/^[a-z][a-z\d+.-]*:.*\{path\}/i.test(address) || FORBIDDEN.test(address)) {
    return undefined;
  }
  // The path was written by somebody else: it must not end the address's path.
  const safePath = encodeURI(path.replace(/\p{Cs}/gu, "\ufffd").replaceAll("\\", "/")).replace(
    /[?#]/g,
    encodeURIComponent,
  );
  return address
    .replaceAll("{path}", () => safePath)
    .replaceAll("{line}", String(line ?? 1))
    .replaceAll("{column}", String(column ?? 1));
}
