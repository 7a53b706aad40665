import { describe, expect, it } from "vitest";
import { type TargetNode, targetPattern, targetTree, visibleNodes } from "./targets";

const values = (...targets: string[]) => targets.map((value, index) => ({ value, count: index + 1 }));
const outline = (nodes: readonly TargetNode[]) =>
  visibleNodes(nodes, new Set()).map(({ node, depth }) => `${"-".repeat(depth)}${node.label} ${node.count}`);

describe("targetTree", () => {
  it("splits at points, colons and slashes", () => {
    expect(
      outline(targetTree(values("shop.db", "shop.db.pool", "app::net::dns", "app::net", "web/api", "web"))),
    ).toEqual(["app::net 7", "-::dns 3", "shop.db 3", "-.pool 2", "web 11", "-/api 5"]);
  });

  it("joins what has one way only", () => {
    expect(outline(targetTree(values("com.acme.shop.Db", "com.acme.shop.Web", "x")))).toEqual([
      "com.acme.shop 3",
      "-.Db 1",
      "-.Web 2",
      "x 3",
    ]);
  });

  it("takes any text", () => {
    expect(outline(targetTree(values("", "...", "/", "::a", ".b.", "__proto__")))).toEqual([
      " 1",
      "... 2",
      ".b. 5",
      "/ 3",
      "::a 4",
      "__proto__ 6",
    ]);
  });

  it("takes a target of very many parts", () => {
    const long = "a.".repeat(50_000);
    const [only] = targetTree(values(long));
    expect(only).toMatchObject({ path: long, count: 1, children: [] });
    expect(targetTree(values(long, `${long}b`))).toHaveLength(1);
  });

  it("keeps the whole path, for a query", () => {
    const [shop] = targetTree(values("shop.db", "shop.web.api"));
    expect(shop && targetPattern(shop)).toBe("shop*");
    expect(shop?.children.map(targetPattern)).toEqual(["shop.db", "shop.web.api"]);
  });

  it("folds", () => {
    const tree = targetTree(values("a.b", "a.c", "d"));
    expect(visibleNodes(tree, new Set(["a"])).map(({ node }) => node.path)).toEqual(["a", "d"]);
  });
});
