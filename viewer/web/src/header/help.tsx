/** What the keys do, and what a query may be. */

import { useEffect, useRef } from "preact/hooks";
import { pick } from "../language";
import "./help.css";

const text = pick({
  en: {
    title: "Help",
    close: "Close",
    keys: "Keys",
    query: "Queries",
    keyTexts: [
      ["/", "go to the query"],
      ["space", "pause, or follow the newest entries"],
      ["g, Home", "the oldest entry"],
      ["G, End", "the newest entry, and follow"],
      ["j, k", "next and previous entry; the open panel goes with it"],
      ["PgUp, PgDn", "a screen up or down"],
      ["Enter", "open the entry"],
      ["Escape", "close what is open"],
      ["n, N", "next and previous error"],
      ["], [", "next and previous warning"],
      ["?", "this help"],
    ],
    queryTexts: [
      ["timeout", "the word anywhere"],
      ['"slow query"', "the words in this order"],
      ["/conn.*reset/i", "a regular expression"],
      ["level:warn+", "warnings and errors; level:warn for warnings alone"],
      ["target:shop.db*", "a target; * stands for any text"],
      ["user:42, http.status>=500", "a field, by its value; >, >=, <, <= compare"],
      ["path~^/api/", "a field, by a regular expression"],
      ["-health, NOT health", "the term must not pass"],
      ["a or b, (a or b) c", 'either, and parentheses; "or" in quotes is a word'],
    ],
  },
  zh: {
    title: "帮助",
    close: "关闭",
    keys: "按键",
    query: "查询",
    keyTexts: [
      ["/", "转到查询框"],
      ["空格", "暂停，或跟随最新条目"],
      ["g, Home", "最旧的条目"],
      ["G, End", "最新的条目并跟随"],
      ["j, k", "下一条和上一条；打开的面板随之移动"],
      ["PgUp, PgDn", "上翻或下翻一屏"],
      ["Enter", "打开条目"],
      ["Escape", "关闭已打开的内容"],
      ["n, N", "下一个和上一个错误"],
      ["], [", "下一个和上一个警告"],
      ["?", "此帮助"],
    ],
    queryTexts: [
      ["timeout", "任意位置的词"],
      ['"slow query"', "按此顺序的词"],
      ["/conn.*reset/i", "正则表达式"],
      ["level:warn+", "警告和错误；level:warn 仅警告"],
      ["target:shop.db*", "目标；* 代表任意文本"],
      ["user:42, http.status>=500", "按字段的值；>、>=、<、<= 用于比较"],
      ["path~^/api/", "按正则表达式匹配字段"],
      ["-health, NOT health", "该条件不成立"],
      ["a or b, (a or b) c", '或、括号；加引号的 "or" 是普通词'],
    ],
  },
});

export function Help({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="help" ref={dialog} aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">{text.title}</h2>
      <div class="help-parts">
        <section>
          <h3>{text.keys}</h3>
          <Terms terms={text.keyTexts} />
        </section>
        <section>
          <h3>{text.query}</h3>
          <Terms terms={text.queryTexts} />
        </section>
      </div>
      <form method="dialog">
        <button class="switch" type="submit">
          {text.close}
        </button>
      </form>
    </dialog>
  );
}

function Terms({ terms }: { terms: readonly (readonly string[])[] }) {
  return (
    <dl>
      {terms.map(([term, meaning]) => (
        <div key={term}>
          <dt>
            <code>{term}</code>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
