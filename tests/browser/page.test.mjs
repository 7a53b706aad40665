/**
 * The log page, by all its tests in one process: the server and both browsers start once. Each file runs by itself, too:
 * `node --test browser/page_panel.mjs`.
 */

import "./page_access.mjs";
import "./page_counts.mjs";
import "./page_explore.mjs";
import "./page_files.mjs";
import "./page_frames.mjs";
import "./page_hostile.mjs";
import "./page_panel.mjs";
import "./page_press.mjs";
import "./page_producers.mjs";
import "./page_query.mjs";
import "./page_selection.mjs";
import "./page_standing_still.mjs";
