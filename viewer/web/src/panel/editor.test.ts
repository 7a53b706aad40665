import { describe, expect, it } from "vitest";
import { editorLink } from "./editor";

const PLACE = { path: "/srv/a b/$&?x#y.rs", line: 12, column: undefined };

describe("editorLink", () => {
  it("fills in the place, whatever its path is", () => {
    expect(editorLink("vscode://file{path}:{line}:{column}", PLACE)).toBe(
      "vscode://file/srv/a%20b/$&%3Fx%23y.rs:12:1",
    );
    expect(
      editorLink("idea://open?file={path}&line={line}", { ...PLACE, path: "C:\\x\ud800", line: undefined }),
    ).toBe("idea://open?file=C:/x%EF%BF%BD&line=1");
  });

  it("takes no template that runs in the page, or that has no place", () => {
    for (const template of [
      "",
      "vscode://file/",
      "{path}",
      "javascript:alert('{path}')",
      " JavaScript:{path}",
      "data:{path}",
    ]) {
      expect(editorLink(template, PLACE), template).toBeUndefined();
    }
  });
});
