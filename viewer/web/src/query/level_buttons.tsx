import { LEVELS } from "../../store/protocol";
import { pick } from "../language";
import { levelOf, setLevel } from "./edit";

const text = pick({
  en: { group: "Lowest level", from: (level: string) => `Show ${level} and above`, all: "Show all levels" },
  zh: { group: "最低级别", from: (level: string) => `显示 ${level} 及以上`, all: "显示所有级别" },
});

export interface LevelButtonsProps {
  readonly query: string;
  onQuery(query: string): void;
}

/** Each sets `level:x+` in the query; the one that is set takes it out. */
export function LevelButtons({ query, onQuery }: LevelButtonsProps) {
  const current = levelOf(query);
  return (
    <fieldset class="level-buttons">
      <legend class="unseen">{text.group}</legend>
      {LEVELS.map((name, level) => {
        const isSet = level === current;
        const isShown = level >= (current ?? 0);
        return (
          <button
            key={name}
            type="button"
            class={`level-button level-${name.toLowerCase()} ${isShown ? "is-shown" : ""}`}
            aria-pressed={isSet}
            title={isSet ? text.all : text.from(name)}
            onClick={() => onQuery(setLevel(query, isSet ? undefined : `level:${name.toLowerCase()}+`))}
          >
            {name}
          </button>
        );
      })}
    </fieldset>
  );
}
