/** What the reader may set, and the browser keeps. */

import { formatBytes } from "../format";
import { pick } from "../language";
import type { Model, Zone } from "../model";
import { Menu } from "./menu";

const text = pick({
  en: {
    settings: "Settings",
    zone: "Times",
    zones: { local: "local", utc: "UTC", relative: "age" },
    memory: "Memory for entries",
    memoryHint: "The oldest entries are dropped beyond it.",
  },
  zh: {
    settings: "设置",
    zone: "时间",
    zones: { local: "本地", utc: "UTC", relative: "距今" },
    memory: "条目内存",
    memoryHint: "超出后丢弃最旧的条目。",
  },
});

const ZONES: readonly Zone[] = ["local", "utc", "relative"];
const MIB = 1024 * 1024;
const SIZES_MIB = [32, 64, 128, 256, 512, 1_024];

export function SettingsMenu({ model }: { model: Model }) {
  const { zone, maxBytes } = model.settings.value;
  const sizes = [...new Set([...SIZES_MIB.map((size) => size * MIB), maxBytes])].sort((a, b) => a - b);
  return (
    <Menu label={text.settings} className="at-end" button="⚙">
      <fieldset class="choices">
        <legend>{text.zone}</legend>
        {ZONES.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="zone"
              checked={each === zone}
              onChange={() => {
                model.settings.value = { ...model.settings.value, zone: each };
              }}
            />
            {text.zones[each]}
          </label>
        ))}
      </fieldset>
      <label class="field">
        {text.memory}
        <select
          value={String(maxBytes)}
          onChange={({ currentTarget }) => {
            model.settings.value = { ...model.settings.value, maxBytes: Number(currentTarget.value) };
          }}
        >
          {sizes.map((size) => (
            <option key={size} value={String(size)}>
              {formatBytes(size)}
            </option>
          ))}
        </select>
      </label>
      <p class="aside">{text.memoryHint}</p>
    </Menu>
  );
}
