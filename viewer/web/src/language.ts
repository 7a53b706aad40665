/** English or Chinese, by the browser. Each part of the page keeps its texts beside it, in both. */

export type Language = "en" | "zh";

export const language: Language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";

/** The texts of one part, in the language of this page. */
export function pick<Texts>(texts: Readonly<Record<Language, Texts>>): Texts {
  return texts[language];
}
