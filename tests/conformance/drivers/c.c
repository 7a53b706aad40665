/*
 * Logs the cases of tests/conformance, as frames (cases.mjs), with the API of C: conformance [typed]. Without "typed", fields
 * are JSON.
 */

#include "frames.h"

/* What is read stays until the end: it is little. */
static logrtc_field *read_fields(size_t count, int are_named);

static logrtc_field read_field(int is_named) {
    char kind[32];
    const struct text name = is_named ? read_text() : (struct text){NULL, 0};
    logrtc_field field = logrtc_null(NULL);
    read_word(kind);
    if (strcmp(kind, "null") != 0) {
        const struct text value = read_text();
        if (strcmp(kind, "bool") == 0) {
            field = logrtc_bool(NULL, strcmp(value.bytes, "true") == 0);
        } else if (strcmp(kind, "int") == 0) {
            field = logrtc_int(NULL, strtoll(value.bytes, NULL, 10));
        } else if (strcmp(kind, "uint") == 0) {
            field = logrtc_uint(NULL, strtoull(value.bytes, NULL, 10));
        } else if (strcmp(kind, "double") == 0) {
            field = logrtc_double(NULL, strtod(value.bytes, NULL));
        } else if (strcmp(kind, "text") == 0) {
            field = logrtc_text_n(NULL, value.bytes, value.len);
        } else if (strcmp(kind, "json") == 0) {
            field = logrtc_json(NULL, value.bytes);
        } else {
            const size_t count = strtoul(value.bytes, NULL, 10);
            const int is_object = strcmp(kind, "object") == 0;
            field = is_object ? logrtc_object(NULL, read_fields(count, 1), count)
                              : logrtc_array(NULL, read_fields(count, 0), count);
        }
    }
    field.name = name.bytes;
    field.name_length = name.len;
    return field;
}

static logrtc_field *read_fields(size_t count, int are_named) {
    logrtc_field *fields = allocate(count, sizeof *fields);
    for (size_t i = 0; i < count; i++) {
        fields[i] = read_field(are_named);
    }
    return fields;
}

static void log_case(logrtc_producer *producer, int is_typed) {
    const int level = (int)read_number();
    const struct text target = read_text(), message = read_text();
    logrtc_span ids = LOGRTC_SPAN_INIT;
    ids.id = read_text().bytes;
    ids.trace_id = read_text().bytes;
    ids.parent_id = read_text().bytes;
    const logrtc_span *span = ids.id || ids.trace_id || ids.parent_id ? &ids : NULL;
    if (is_typed) {
        const size_t count = (size_t)read_number();
        check(logrtc_log_fields_n(producer, level, target.bytes, target.len, message.bytes, message.len,
                                  read_fields(count, 1), count, span),
              "log");
    } else {
        const struct text fields = read_text();
        check(logrtc_log_n(producer, level, target.bytes, target.len, message.bytes, message.len, fields.bytes,
                           fields.len, span),
              "log");
    }
}

int main(int argc, char **argv) {
    const int is_typed = argc > 1 && strcmp(argv[1], "typed") == 0;
    const char *max_entry_bytes = getenv("MAX_ENTRY_BYTES");
    logrtc_options *options = logrtc_options_new();
    logrtc_producer *producer = NULL;
    char what[32];
    int logged = 0;
    if (max_entry_bytes == NULL) {
        fail("MAX_ENTRY_BYTES is not set");
    }
    check(logrtc_options_set_client_id(options, "conformance"), "client_id");
    check(logrtc_options_set_max_entry_bytes(options, strtoul(max_entry_bytes, NULL, 10)), "max_entry_bytes");
    check(logrtc_connect(options, &producer), "connect");
    logrtc_options_free(options);

    for (read_word(what); strcmp(what, "end") != 0; read_word(what)) {
        if (strcmp(what, "send") == 0) {
            const struct text json = read_text();
            check(logrtc_send_n(producer, json.bytes, json.len), "send");
        } else {
            log_case(producer, is_typed);
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
