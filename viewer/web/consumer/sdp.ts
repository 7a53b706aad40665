/** The lines of an SDP that stand before its first `m=`, where a producer and a consumer write to each other. No I/O. */

/** The value of the first session-level attribute of this name. */
export function sessionAttribute(sdp: string, name: string): string | undefined {
  const line = sessionLevel(sdp)
    .split(/\r?\n/)
    .find((text) => text.startsWith(`a=${name}:`));
  return line?.slice(`a=${name}:`.length).trimEnd();
}

/** The SDP with one more session-level attribute. */
export function withAttribute(sdp: string, name: string, value: string): string {
  const session = sessionLevel(sdp);
  return `${session}a=${name}:${value}\r\n${sdp.slice(session.length)}`;
}

function sessionLevel(sdp: string): string {
  const media = /^m=/m.exec(sdp);
  return media === null ? sdp : sdp.slice(0, media.index);
}
