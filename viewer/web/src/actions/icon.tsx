/** The few pictures of the buttons, drawn here: fonts differ in which signs they have. */

const PATHS = {
  copy: "M6 5.5V3.5A1 1 0 0 1 7 2.5h5.5a1 1 0 0 1 1 1V9a1 1 0 0 1-1 1h-2M3.5 5.5H9a1 1 0 0 1 1 1V12.5a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  column: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  close: "M4 4l8 8M12 4l-8 8",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  back: "M13 8H3M7 4L3 8l4 4",
  done: "M3 8.5l3.5 3.5L13 4.5",
  download: "M8 2.5v7.5M4.5 7L8 10.5 11.5 7M3 13.5h10",
  share:
    "M6.5 9.5l3-3M7 4.5l1.3-1.3a2.6 2.6 0 0 1 3.7 3.7L10.7 8.2M9 11.500l-1.3 1.300a2.6 2.6 0 0 1-3.7-3.700L5.3 7.8",
  open: "M2.5 12.500V3.500h4l1.5 2h5.500v7z",
  filter: "M2.5 3h11L9.500 8v4.500l-3 1.500V8z",
  clear: "M3 4.500h10M6.5 4.500V3h3v1.500M4.5 4.500l.5 8.500h6l.5-8.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
