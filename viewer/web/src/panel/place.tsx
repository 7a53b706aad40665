import { CopyButton } from "../actions/copy_button";
import { pick } from "../language";
import { safeText } from "../text_safe";
import { editorLink, editorTemplate } from "./editor";
import { formatPlace, type Place } from "./frame";

const text = pick({
  en: { copy: "Copy the path", open: "Open in the editor" },
  zh: { copy: "复制路径", open: "在编辑器中打开" },
});

/** A place in source, to copy or to open. */
export function PlaceLink({ place }: { place: Place }) {
  const shown = safeText(formatPlace(place));
  const link = editorLink(editorTemplate.value, place);
  return (
    <span class="place">
      {link === undefined ? (
        <bdi>{shown}</bdi>
      ) : (
        <a href={link} title={text.open}>
          <bdi>{shown}</bdi>
        </a>
      )}
      <CopyButton label={text.copy} content={() => formatPlace(place)} isSmall />
    </span>
  );
}
