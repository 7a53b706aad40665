/** The way back to the newest row. In the status line, where it covers no row, and has its room while it is not there. */

import { formatCount } from "../format";
import { pick } from "../language";
import type { Model } from "../model";

const text = pick({
  en: { newest: "newest", unseen: "new" },
  zh: { newest: "最新", unseen: "条新条目" },
});

export function Resume({ model }: { model: Model }) {
  const unseen = model.unseen.value;
  return (
    <span class="resume-room">
      {!model.isFollowing.value && (
        <button class="resume" id="resume" type="button" onClick={() => model.list.value?.follow()}>
          <span aria-hidden="true">▼ </span>
          {unseen === 0 ? text.newest : `${formatCount(unseen)} ${text.unseen}`}
        </button>
      )}
    </span>
  );
}
