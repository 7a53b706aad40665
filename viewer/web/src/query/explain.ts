/** What is wrong in a query, in words. */

import type { QueryError } from "../../store/query/syntax";
import { pick } from "../language";
import { safeText } from "../text_safe";

const MAX_TEXT = 60;

const text = pick<Readonly<Record<QueryError["code"], (wrong: string) => string>>>({
  en: {
    unclosed: () => 'The quote is not closed: add "',
    regex: (wrong) => `${wrong} is not a regular expression`,
    level: (wrong) =>
      `${wrong} is not a level here: use trace, debug, info, warn, error or fatal; debug, info, warn and error take + for "and above"`,
    value: (wrong) => `${wrong} has no valid value`,
    paren: (wrong) =>
      wrong === ")" ? "This parenthesis closes nothing" : "This parenthesis is empty or not closed",
    operator: (wrong) => `${wrong} cannot stand here; in quotes it is text`,
    order: (wrong) => `${wrong} is neither a number nor a time; in quotes it is compared as text`,
    slow: () => "This regular expression takes too long on some entries; the list does not use it",
  },
  zh: {
    unclosed: () => '引号未闭合：请添加 "',
    regex: (wrong) => `${wrong} 不是正则表达式`,
    level: (wrong) =>
      `${wrong} 不是可用的级别：请使用 trace、debug、info、warn、error 或 fatal；debug、info、warn 和 error 可加 + 表示“及以上”`,
    value: (wrong) => `${wrong} 没有有效的值`,
    paren: (wrong) => (wrong === ")" ? "此括号没有对应的左括号" : "此括号为空或未闭合"),
    operator: (wrong) => `${wrong} 不能用在这里；放在引号中则作为文本`,
    order: (wrong) => `${wrong} 不是数字或时间；放在引号中则按文本比较`,
    slow: () => "此正则表达式在某些条目上耗时过长，列表未使用它",
  },
});

export function explain({ code, text: wrong }: QueryError): string {
  return text[code](safeText(wrong.length > MAX_TEXT ? `${wrong.slice(0, MAX_TEXT)}…` : wrong));
}
