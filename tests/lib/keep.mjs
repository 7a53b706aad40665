/** What must not be collected as garbage. */

/** @type {object[]} */
const kept = [];

/**
 * Keeps `object` until the end of the process.
 *
 * A channel of node-datachannel (0.33.4) that is collected is closed, and stays in the list that `cleanup()` goes through: that
 * ends in a segmentation fault. Can go when its destructor takes it from that list.
 *
 * @param {object} object
 */
export function keep(object) {
  kept.push(object);
}
