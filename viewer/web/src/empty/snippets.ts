/** The first program, in each language. No DOM. */

export interface Snippet {
  readonly name: string;
  readonly code: string;
}

const DEFAULT_URL = "ws://localhost:8080/signaling";

/** Programs that log to this server; none of them names the default one. */
export function snippets(url: string): Snippet[] {
  const isDefault = url === DEFAULT_URL;
  const quoted = JSON.stringify(url);
  return [
    {
      name: "Python",
      code: [
        "import logging",
        "import logrtc",
        "",
        `logrtc.install(${isDefault ? "" : `${quoted}, `}client_id="hello")`,
        'logging.getLogger("hello").info("it works")',
      ].join("\n"),
    },
    {
      name: "Node.js",
      code: [
        "import { connect } from 'logrtc';",
        "",
        `const producer = connect({ ${isDefault ? "" : `url: ${quoted}, `}clientId: 'hello' });`,
        "producer.info('hello', 'it works');",
      ].join("\n"),
    },
    {
      name: "Rust",
      code: [
        "use logrtc::{Config, Producer};",
        "",
        "fn main() -> Result<(), Box<dyn std::error::Error>> {",
        `    let config = Config::builder("hello")${isDefault ? "" : `.url(${quoted})`}.build()?;`,
        "    let producer = Producer::connect(config)?;",
        '    producer.info("hello", "it works");',
        "    Ok(())",
        "}",
      ].join("\n"),
    },
    {
      name: "C",
      code: [
        "#include <logrtc.h>",
        "",
        "int main(void) {",
        "    logrtc_options *options = logrtc_options_new();",
        ...(isDefault ? [] : [`    logrtc_options_set_url(options, ${quoted});`]),
        '    logrtc_options_set_client_id(options, "hello");',
        "    logrtc_producer *producer = NULL;",
        "    if (logrtc_connect(options, &producer) != LOGRTC_OK) return 1;",
        "    logrtc_options_free(options);",
        '    logrtc_log(producer, LOGRTC_INFO, "hello", "it works", NULL, NULL);',
        "    return logrtc_close(producer, 2000) == LOGRTC_OK ? 0 : 1;",
        "}",
      ].join("\n"),
    },
    {
      name: "Shell",
      code: [
        ...(isDefault ? [] : [`export LOGRTC_URL='${url.replaceAll("'", "'\\''")}'`]),
        "# the log in this terminal, beside this page",
        "logrtc tail",
        "# a made-up web shop that logs, with a page of its own",
        "logrtc demo --listen 127.0.0.1:0 --open",
      ].join("\n"),
    },
  ];
}
