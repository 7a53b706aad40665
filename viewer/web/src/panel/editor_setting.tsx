import { pick } from "../language";
import { editorLink, editorTemplate, setEditorTemplate } from "./editor";

const text = pick({
  en: {
    title: "Links into an editor",
    hint: "Source files become links of this form. It stays in this browser.",
    wrong: "This is no address with {path} in it.",
  },
  zh: {
    title: "编辑器链接",
    hint: "源文件将成为这种形式的链接。此设置只保存在本浏览器中。",
    wrong: "这不是包含 {path} 的地址。",
  },
});

const EXAMPLES = [
  "vscode://file/{path}:{line}:{column}",
  "idea://open?file={path}&line={line}",
  "zed://file/{path}:{line}",
];

/** Which editor opens source files. */
export function EditorSetting() {
  const template = editorTemplate.value;
  const isWrong = template !== "" && editorLink(template, { path: "/a", line: 1, column: 1 }) === undefined;
  return (
    <details class="editor-setting">
      <summary>{text.title}</summary>
      <label>
        <span class="soft">{text.hint}</span>
        <input
          type="text"
          list="editor-templates"
          spellcheck={false}
          placeholder={EXAMPLES[0]}
          value={template}
          aria-invalid={isWrong}
          onInput={(event) => setEditorTemplate(event.currentTarget.value)}
        />
      </label>
      <datalist id="editor-templates">
        {EXAMPLES.map((example) => (
          <option key={example} value={example} />
        ))}
      </datalist>
      {isWrong && <p class="wrong">{text.wrong}</p>}
    </details>
  );
}
