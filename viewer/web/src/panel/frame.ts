/** One line of a stack trace: whose code it is, and where that stands. */

/** A place in a source file. */
export interface Place {
  readonly path: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/** Folders in which package managers and runtimes keep other people's code. */
const LIBRARY_PATHS =
  /node_modules[/\\]|\bnode:|\binternal[/\\]|site-packages|dist-packages|[/\\]lib[/\\]python\d|<frozen |<__array_function__|\/rustc\/|\.cargo[/\\](?:registry|git)|\/rust\/library\/|\/library\/(?:core|std|alloc)\/src|\/usr\/(?:local\/)?(?:lib\/)?go|\/go\/pkg\/mod\/|\/\.gradle\/|<anonymous>\)?$|native\)?$|\(Native Method\)|\(Unknown Source\)/;
/** Packages, by how a call begins. */
const LIBRARY_CALLS =
  /^\s*(?:at |\d+: +(?:0x[\da-f]+ - )?)?(?:async )?<?(?:java\.base\/|app\/\/|(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|akka|groovy|clojure|org\.(?:springframework|apache|hibernate|eclipse|junit|jboss|slf4j|postgresql|gradle)|io\.(?:netty|undertow|vertx|micrometer|grpc)|reactor|com\.(?:fasterxml|zaxxer|google|mysql)|ch\.qos|System|Microsoft|Npgsql|Newtonsoft)\.|(?:core|std|alloc|tokio|futures\w*|hyper\w*|axum|tracing\w*|anyhow|backtrace)(?:::|\[)|(?:__)?rust_|_start\b|__libc|__pthread|start_thread|clone3?\b|runtime[./]|net\/http\.|testing\.|reflect\.|syscall\.)/;

export function isLibrary(line: string): boolean {
  return LIBRARY_PATHS.test(line.trimEnd()) || LIBRARY_CALLS.test(line);
}

const PLACES: readonly RegExp[] = [
  // Python
  /File "([^"]+)", line (\d+)/,
  // .NET
  /\bin ((?:[A-Za-z]:)?[^:]+):line (\d+)/,
  // Java, JavaScript
  /\(((?:file:\/\/|webpack:\/\/\/?|https?:\/\/[^/\s]+|[A-Za-z]:[/\\])?[^():\s][^():]*):(\d+)(?::(\d+))?\)\s*$/,
  // Firefox, Safari
  /@((?:file:\/\/|https?:\/\/[^/\s]+|[A-Za-z]:[/\\])?[^:\s]+):(\d+):(\d+)$/,
  // JavaScript without a name, Rust
  /\b(?:at|async) ((?:file:\/\/|https?:\/\/[^/\s]+|[A-Za-z]:[/\\])?[^:()\s][^:()]*):(\d+)(?::(\d+))?:?$/,
  // Go
  /^\t((?:[A-Za-z]:)?[^:]+\.(?:go|s)):(\d+)/,
];

/** The first place that a line names. */
export function placeIn(line: string): Place | undefined {
  for (const form of PLACES) {
    const found = form.exec(line);
    if (found?.[1] !== undefined) {
      const [, path, row, column] = found;
      return {
        path: path.replace(/^file:\/\//, ""),
        line: row === undefined ? undefined : Number(row),
        column: column === undefined ? undefined : Number(column),
      };
    }
  }
  return undefined;
}

/** `path:line:column`, as editors and terminals write it. */
export function formatPlace({ path, line, column }: Place): string {
  return [path, line, column].filter((part) => part !== undefined).join(":");
}
