/// <reference lib="esnext.disposable" />

export interface ServeOptions {
  /** The address to listen on, an IP address or `localhost` with a port; `127.0.0.1:8080` by default. Port 0 takes a free one. */
  listen?: string;
  /** The origins that may connect besides the page's own, and whose hosts this server may be reached by. */
  allowOrigins?: readonly string[];
  /** Opens the page in a browser; false by default. If that fails, a `LogrtcWarning` says so. */
  open?: boolean;
}

/**
 * A running server. It runs until it is closed or the process ends, whether or not this object is kept. It keeps the process
 * alive until it is closed, or `unref` is called.
 */
export interface Server extends AsyncDisposable {
  /** The address of the log page: `http://127.0.0.1:8080/`. If `LOGRTC_SECRET` is set, it contains that secret. */
  readonly url: string;
  /** The address that producers connect to: `ws://127.0.0.1:8080/signaling`. */
  readonly signalingUrl: string;
  /**
   * The token that producers and readers must have; undefined if none is wanted. The server makes one if other machines can reach
   * `listen`: `url` contains it for readers, and a producer connects with `token: server.token`.
   */
  readonly token: string | undefined;
  /** Lets the process end while the server runs. */
  unref(): this;
  /** Closes every connection. When it resolves, the port is free again. */
  close(): Promise<void>;
}

/**
 * Serves the log page, and the signaling that producers connect to, in this process: what `npx logrtc serve` does. Rejects
 * with `LOGRTC_INVALID_ARGUMENT`, or with `LOGRTC_INTERNAL` if the address is in use.
 */
export function serve(options?: ServeOptions): Promise<Server>;
