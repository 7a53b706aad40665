/* Logs the cases of tests/conformance, as frames (cases.mjs), with the API of C. */

#include <logrtc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, logrtc_last_error());
    exit(1);
}

static void check(logrtc_status status, const char *what) {
    if (status != LOGRTC_OK) {
        fail(what);
    }
}

struct text {
    char *bytes; /* NULL where it is not there; else with a NUL behind its end */
    size_t len;
};

static struct text read_text(void) {
    struct text text = {NULL, 0};
    long len;
    if (scanf("%ld", &len) != 1 || getchar() != '\n') {
        fail("a length is missing");
    }
    if (len >= 0) {
        text.len = (size_t)len;
        text.bytes = calloc(1, text.len + 1);
        if (text.bytes == NULL || fread(text.bytes, 1, text.len, stdin) != text.len) {
            fail("a text is cut off");
        }
    }
    if (getchar() != '\n') {
        fail("a text has no end");
    }
    return text;
}

static void log_case(logrtc_producer *producer, int level) {
    struct text texts[6];
    logrtc_span span = LOGRTC_SPAN_INIT;
    for (int i = 0; i < 6; i++) {
        texts[i] = read_text();
    }
    span.id = texts[3].bytes;
    span.trace_id = texts[4].bytes;
    span.parent_id = texts[5].bytes;
    check(logrtc_log_n(producer, level, texts[0].bytes, texts[0].len, texts[1].bytes, texts[1].len, texts[2].bytes,
                       texts[2].len, span.id || span.trace_id || span.parent_id ? &span : NULL),
          "log");
    for (int i = 0; i < 6; i++) {
        free(texts[i].bytes);
    }
}

static void send_case(logrtc_producer *producer) {
    struct text json = read_text();
    check(logrtc_send_n(producer, json.bytes, json.len), "send");
    free(json.bytes);
}

int main(void) {
    logrtc_options *options = logrtc_options_new();
    logrtc_producer *producer = NULL;
    const char *max_entry_bytes = getenv("MAX_ENTRY_BYTES");
    char what[8];
    int level, logged = 0;
    if (max_entry_bytes == NULL) {
        fail("MAX_ENTRY_BYTES is not set");
    }
    check(logrtc_options_set_client_id(options, "conformance"), "client_id");
    check(logrtc_options_set_max_entry_bytes(options, strtoul(max_entry_bytes, NULL, 10)), "max_entry_bytes");
    check(logrtc_connect(options, &producer), "connect");
    logrtc_options_free(options);

    while (scanf("%7s", what) == 1 && strcmp(what, "end") != 0) {
        if (strcmp(what, "send") == 0) {
            send_case(producer);
        } else if (strcmp(what, "log") == 0 && scanf("%d", &level) == 1) {
            log_case(producer, level);
        } else {
            fail(what);
        }
        logged++;
    }
    printf("logged %d\n", logged);
    fflush(stdout);
    while (getchar() != EOF) {
    }
    check(logrtc_close(producer, 5000), "close");
    return 0;
}
