/** Asks for the token that the server wants. */

import { useRef } from "preact/hooks";
import { pick } from "../language";
import type { Model } from "../model";
import { tokenIn } from "./fragment";
import { keepCredential } from "./keep";
import "./token.css";

const text = pick({
  en: {
    wanted: "This server wants a token.",
    hint: "It is in the link that logrtc serve prints, or whoever runs the server has it.",
    misplaced:
      "The one of this link stands behind ?, where it is not read: it belongs behind #, as in /#token=…",
    token: "Token",
    connect: "Connect",
  },
  zh: {
    wanted: "此服务器需要令牌。",
    hint: "令牌在 logrtc serve 打印的链接中，或由服务器管理员提供。",
    misplaced: "此链接的令牌在 ? 之后，不会被读取：应放在 # 之后，例如 /#token=…",
    token: "令牌",
    connect: "连接",
  },
});

export function TokenForm({ model }: { model: Model }) {
  const field = useRef<HTMLInputElement>(null);
  if (model.signaling.value !== "unauthorized") {
    return null;
  }
  const isMisplaced = new URLSearchParams(location.search).has("token");
  const connect = () => {
    const token = tokenIn(field.current?.value ?? "");
    if (token !== "") {
      keepCredential(model.signalingUrl, "token", token);
      // What the server had to say was about the token before.
      model.trouble.value = undefined;
      model.consumer.setToken(token);
    }
  };
  return (
    <section class="token-form" aria-label={text.wanted}>
      <label>
        {text.wanted} <span class="hint">{isMisplaced ? text.misplaced : text.hint}</span>
        <input
          ref={field}
          id="token"
          type="password"
          autocomplete="off"
          aria-label={text.token}
          onKeyDown={(event) => {
            if (event.key === "Enter") connect();
          }}
        />
      </label>
      <button class="switch" type="button" onClick={connect}>
        {text.connect}
      </button>
    </section>
  );
}
