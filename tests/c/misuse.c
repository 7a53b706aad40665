/* Every function, used wrongly: a status each time, and never a crash. */

#include "check.h"
#include "misuse/misuse.h"

#include <limits.h>
#include <string.h>

/* Only in the library of the tests. */
logrtc_status logrtc_test_panic(void);

enum { MIB = 1 << 20 };

static void null_is_answered(void) {
    CHECK(logrtc_last_error()[0] == '\0');
    const logrtc_status wrong = LOGRTC_INVALID_ARGUMENT;
    logrtc_options_free(NULL);
    logrtc_options *options = logrtc_options_new();

#define TEXT(name)                                                                                                     \
    CHECK_STATUS(logrtc_options_set_##name(NULL, "a"), wrong);                                                         \
    CHECK_STATUS(logrtc_options_set_##name(options, NULL), wrong);                                                     \
    CHECK_STATUS(logrtc_options_set_##name##_n(NULL, "a", 1), wrong);                                                  \
    CHECK_STATUS(logrtc_options_set_##name##_n(options, NULL, 1), wrong);                                              \
    CHECK_STATUS(logrtc_options_set_##name##_n(options, "a", SIZE_MAX), wrong);                                        \
    CHECK_STATUS(logrtc_options_set_##name##_n(options, NULL, 0), LOGRTC_OK)
    TEXT(url);
    TEXT(client_id);
    TEXT(system_name);
    TEXT(version);
    TEXT(description);
    TEXT(token);
    TEXT(secret);
    TEXT(ca_file);
    TEXT(filter);
#undef TEXT
    CHECK_STATUS(logrtc_options_set_level(NULL, LOGRTC_INFO), wrong);
    CHECK_STATUS(logrtc_options_set_max_entries(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_max_bytes(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_max_entry_bytes(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_overflow(NULL, LOGRTC_OVERFLOW_BLOCK, 1), wrong);
    CHECK_STATUS(logrtc_options_set_replay(NULL, LOGRTC_REPLAY_ALL), wrong);
    CHECK_STATUS(logrtc_options_set_reconnect_interval_ms(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_max_reconnect_interval_ms(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_reconnect_jitter(NULL, 0), wrong);
    CHECK_STATUS(logrtc_options_set_max_reconnect_attempts(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_max_consumers(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_disabled(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_environment(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_fork(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_udp_ports(NULL, 1, 2), wrong);
    CHECK_STATUS(logrtc_options_set_relay_only(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_announced_address(NULL, "192.0.2.1"), wrong);
    CHECK_STATUS(logrtc_options_set_close_timeout_ms(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_set_close_at_exit(NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_add_ice_server(NULL, "stun:a", NULL, NULL), wrong);
    CHECK_STATUS(logrtc_options_add_ice_server(options, NULL, NULL, NULL), wrong);
    CHECK_STATUS(logrtc_options_clear_ice_servers(NULL), wrong);
    CHECK_STATUS(logrtc_options_add_interface(NULL, "lo"), wrong);
    CHECK_STATUS(logrtc_options_add_interface(options, NULL), wrong);
    CHECK_STATUS(logrtc_options_add_interface_n(NULL, "lo", 2), wrong);
    CHECK_STATUS(logrtc_options_add_interface_n(options, NULL, 1), wrong);
    CHECK_STATUS(logrtc_options_add_interface_n(options, "lo", SIZE_MAX), wrong);
    CHECK_STATUS(logrtc_options_set_state_callback(NULL, NULL, NULL), wrong);
    CHECK_STATUS(logrtc_options_set_diagnostics_callback(NULL, NULL, NULL), wrong);
    CHECK_STATUS(logrtc_options_set_state_callback(options, NULL, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_diagnostics_callback(options, NULL, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_options_set_event_callback(NULL, NULL, NULL), wrong);
    CHECK_STATUS(logrtc_options_set_event_callback(options, NULL, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_connect(options, NULL), wrong);
    logrtc_options_free(options);

    /* A handle that connect has not made yet. */
    logrtc_producer *producer = NULL;
    logrtc_stats stats = LOGRTC_STATS_INIT;
    int state = -7;
    uint64_t pending = 7;
    CHECK_STATUS(logrtc_connect(NULL, &producer), wrong);
    CHECK(producer == NULL);
    CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, "t", "m", NULL, NULL), wrong);
    CHECK_STATUS(logrtc_log_n(producer, LOGRTC_INFO, "t", 1, "m", 1, NULL, 0, NULL), wrong);
    CHECK_STATUS(logrtc_logf(producer, LOGRTC_INFO, "t", "%d", 1), wrong);
    CHECK_STATUS(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m", NULL, 0, NULL), wrong);
    CHECK_STATUS(logrtc_log_fields_n(producer, LOGRTC_INFO, "t", 1, "m", 1, NULL, 0, NULL), wrong);
    CHECK_STATUS(logrtc_log_fields_at_n(producer, 0, LOGRTC_INFO, "t", 1, "m", 1, NULL, 0, NULL), wrong);
    CHECK_STATUS(logrtc_send(producer, "{}"), wrong);
    CHECK_STATUS(logrtc_send_n(producer, "{}", 2), wrong);
    CHECK(logrtc_enabled(producer, LOGRTC_ERROR, "t") == 0);
    CHECK(logrtc_enabled_n(producer, LOGRTC_ERROR, "t", 1) == 0);
    CHECK_STATUS(logrtc_set_level(producer, LOGRTC_INFO), wrong);
    CHECK_STATUS(logrtc_set_filter(producer, "info"), wrong);
    CHECK_STATUS(logrtc_set_filter_n(producer, "info", 4), wrong);
    CHECK_STATUS(logrtc_flush(producer, 0, &pending), wrong);
    CHECK_STATUS(logrtc_flush_to(producer, 0, 0, &pending), wrong);
    CHECK_STATUS(logrtc_position(producer, &pending), wrong);
    CHECK_STATUS(logrtc_count_filtered(producer), wrong);
    CHECK_STATUS(logrtc_log_at(producer, 0, LOGRTC_INFO, "t", "m", NULL, NULL), wrong);
    CHECK_STATUS(logrtc_log_at_n(producer, 0, LOGRTC_INFO, "t", 1, "m", 1, NULL, 0, NULL), wrong);
    CHECK_STATUS(logrtc_close(producer, 0), wrong);
    CHECK_STATUS(logrtc_wait_for_consumer(producer, 0), wrong);
    char text[4] = "abc";
    size_t length = 7;
    CHECK_STATUS(logrtc_get_server_error(producer, text, sizeof text, &length), wrong);
    CHECK(strcmp(text, "abc") == 0 && length == 7);
    CHECK_STATUS(logrtc_get_state(producer, &state), wrong);
    CHECK_STATUS(logrtc_get_stats(producer, &stats), wrong);
    CHECK(state == -7 && pending == 7 && stats.accepted == 0);
    CHECK(strcmp(logrtc_last_error(), "producer: must not be NULL") == 0);

    CHECK(logrtc_version() != NULL && logrtc_status_string(INT_MIN) != NULL && logrtc_status_string(99) != NULL);
    CHECK(strcmp(logrtc_status_string(LOGRTC_REPAIRED), "repaired") == 0);
    CHECK(strcmp(logrtc_state_string(LOGRTC_STATE_ABANDONED), "abandoned") == 0);
    CHECK(strcmp(logrtc_state_string(INT_MIN), "unknown") == 0);
    CHECK(strcmp(logrtc_end_reason_string(LOGRTC_END_PATH_LOST), "path_lost") == 0);
    CHECK(strcmp(logrtc_end_reason_string(INT_MAX), "unknown") == 0);
}

static void options_are_checked(void) {
    const int wrong_numbers[] = {INT_MIN, -1, 4, INT_MAX};
    logrtc_options *options = local_options("misuse", NULL);
    for (size_t i = 0; i < sizeof wrong_numbers / sizeof *wrong_numbers; i++) {
        const int number = wrong_numbers[i];
        CHECK_STATUS(logrtc_options_set_level(options, number), LOGRTC_INVALID_ARGUMENT);
        CHECK_STATUS(logrtc_options_set_overflow(options, number, 0), LOGRTC_INVALID_ARGUMENT);
        CHECK_STATUS(logrtc_options_set_disabled(options, number), LOGRTC_INVALID_ARGUMENT);
        CHECK_STATUS(logrtc_options_set_environment(options, number), LOGRTC_INVALID_ARGUMENT);
        CHECK_STATUS(logrtc_options_set_fork(options, number), LOGRTC_INVALID_ARGUMENT);
        CHECK_STATUS(logrtc_options_set_close_at_exit(options, number), LOGRTC_INVALID_ARGUMENT);
        CHECK_STATUS(logrtc_options_set_relay_only(options, number), LOGRTC_INVALID_ARGUMENT);
    }
    CHECK_STATUS(logrtc_options_set_replay(options, INT64_MIN), LOGRTC_INVALID_ARGUMENT);
    CHECK_STATUS(logrtc_options_set_max_reconnect_attempts(options, -2), LOGRTC_INVALID_ARGUMENT);
    CHECK_STATUS(logrtc_options_set_max_reconnect_attempts(options, INT64_MAX), LOGRTC_INVALID_ARGUMENT);
    CHECK_STATUS(logrtc_options_set_udp_ports(options, -1, 4), LOGRTC_INVALID_ARGUMENT);
    CHECK_STATUS(logrtc_options_set_udp_ports(options, 1, 65536), LOGRTC_INVALID_ARGUMENT);
    logrtc_options_free(options);

    /* What one option cannot know is found by connect, which names it. */
#define REFUSED(call, name)                                                                                            \
    do {                                                                                                               \
        logrtc_producer *producer = NULL;                                                                              \
        options = local_options("misuse", NULL);                                                                       \
        CHECK_STATUS(call, LOGRTC_OK);                                                                                 \
        CHECK_STATUS(logrtc_connect(options, &producer), LOGRTC_INVALID_ARGUMENT);                                     \
        CHECK(producer == NULL && strncmp(logrtc_last_error(), name ": ", strlen(name ": ")) == 0);                    \
        logrtc_options_free(options);                                                                                  \
    } while (0)
    REFUSED(logrtc_options_set_client_id(options, ""), "client_id");
    REFUSED(logrtc_options_set_client_id_n(options, "a\0b", 3), "client_id");
    REFUSED(logrtc_options_set_url(options, "http://localhost"), "url");
    REFUSED(logrtc_options_set_url(options, "\xff\xfe"), "url");
    REFUSED(logrtc_options_set_token(options, "a b"), "token");
    REFUSED(logrtc_options_set_secret(options, "too short"), "secret");
    REFUSED(logrtc_options_set_ca_file(options, "/nowhere/at/all"), "ca_file");
    REFUSED(logrtc_options_set_filter(options, "loud"), "filter");
    REFUSED(logrtc_options_set_max_entries(options, 0), "max_entries");
    REFUSED(logrtc_options_set_max_bytes(options, SIZE_MAX), "max_bytes");
    REFUSED(logrtc_options_set_max_entry_bytes(options, 1), "max_entry_bytes");
    REFUSED(logrtc_options_set_reconnect_interval_ms(options, UINT64_MAX), "reconnect_interval");
    REFUSED(logrtc_options_set_reconnect_jitter(options, 2.0), "reconnect_jitter");
    REFUSED(logrtc_options_set_reconnect_jitter(options, 0.0 / 0.0), "reconnect_jitter");
    REFUSED(logrtc_options_set_max_reconnect_attempts(options, 0), "max_reconnect_attempts");
    REFUSED(logrtc_options_set_close_timeout_ms(options, UINT64_MAX), "close_timeout");
    REFUSED(logrtc_options_set_overflow(options, LOGRTC_OVERFLOW_BLOCK, UINT64_MAX), "block_timeout");
    REFUSED(logrtc_options_add_ice_server(options, "http:x", NULL, NULL), "ice_servers");
    REFUSED(logrtc_options_add_ice_server(options, "turn:x", "\xff", NULL), "ice_servers");
    REFUSED(logrtc_options_add_interface(options, ""), "interfaces");
    REFUSED(logrtc_options_set_udp_ports(options, 0, 4), "udp_ports");
    REFUSED(logrtc_options_set_udp_ports(options, 5, 4), "udp_ports");
    REFUSED(logrtc_options_set_announced_address(options, "here"), "announced_address");
    REFUSED(logrtc_options_set_announced_address_n(options, NULL, 0), "announced_address");
    REFUSED(logrtc_options_add_interface_n(options, NULL, 0), "interfaces");
    REFUSED(logrtc_options_add_interface_n(options, "lo\0", 3), "interfaces");
#undef REFUSED
}

static const char *const wrong_json[] = {"", "[]", "null", "5", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1}x", "{'a':1}",
                                         "{\"a\":NaN}", "{\"a\":1e999}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}"};
enum { WRONG_JSON = sizeof wrong_json / sizeof *wrong_json };

/* Whatever is passed: the entry is logged, and the status says if an argument was replaced. */
static void no_argument_loses_an_entry(void) {
    logrtc_producer *producer = connect_locally(local_options("misuse", NULL));
    uint64_t accepted = 0;
#define LOGGED(call, status)                                                                                           \
    do {                                                                                                               \
        CHECK_STATUS(call, status);                                                                                    \
        accepted++;                                                                                                    \
    } while (0)
    const logrtc_status repaired = LOGRTC_REPAIRED;
    LOGGED(logrtc_log(producer, LOGRTC_INFO, NULL, "m", NULL, NULL), LOGRTC_OK);
    LOGGED(logrtc_log(producer, LOGRTC_INFO, "t", NULL, NULL, NULL), LOGRTC_OK);
    LOGGED(logrtc_log_n(producer, LOGRTC_INFO, NULL, 1, NULL, 1, NULL, 1, NULL), LOGRTC_OK);
    LOGGED(logrtc_log_n(producer, LOGRTC_INFO, "t", SIZE_MAX, "m", 1, NULL, 0, NULL), repaired);
    LOGGED(logrtc_log_n(producer, LOGRTC_INFO, "t", 1, "m", SIZE_MAX, NULL, 0, NULL), repaired);
    LOGGED(logrtc_log_n(producer, LOGRTC_INFO, "t", 1, "m", 1, "{}", SIZE_MAX, NULL), repaired);
    LOGGED(logrtc_log(producer, INT_MIN, "t", "m", NULL, NULL), repaired);
    LOGGED(logrtc_log(producer, 4, "t", "m", NULL, NULL), repaired);
    CHECK(strncmp(logrtc_last_error(), "level: 4", 8) == 0);
    LOGGED(logrtc_log_at(producer, INT64_MIN, LOGRTC_INFO, "t", "m", NULL, NULL), repaired);
    LOGGED(logrtc_log_at(producer, INT64_MAX, LOGRTC_INFO, "t", "m", NULL, NULL), repaired);
    CHECK(strncmp(logrtc_last_error(), "unix_ms: ", 9) == 0);
    for (size_t i = 0; i < WRONG_JSON; i++) {
        LOGGED(logrtc_log(producer, LOGRTC_INFO, "t", "m", wrong_json[i], NULL), repaired);
        CHECK(strncmp(logrtc_last_error(), "fields: ", 8) == 0);
    }
    char *big = malloc(MIB + 1);
    CHECK(big != NULL);
    memset(big, '[', MIB);
    big[MIB] = '\0';
    memcpy(big, "{\"a\":", 5);
    LOGGED(logrtc_log(producer, LOGRTC_INFO, "t", "m", big, NULL), repaired);
    logrtc_span span = LOGRTC_SPAN_INIT;
    span.struct_size = 0;
    LOGGED(logrtc_log(producer, LOGRTC_INFO, "t", "m", NULL, &span), repaired);

    LOGGED(logrtc_logf(producer, LOGRTC_INFO, NULL, "%s %d", "formatted", 1), LOGRTC_OK);
    LOGGED(logrtc_logf(producer, LOGRTC_INFO, "t", "%s", big), LOGRTC_OK);
    const char *no_format = NULL;
    LOGGED(logrtc_logf(producer, LOGRTC_INFO, "t", no_format, 1), LOGRTC_OK);

    logrtc_field circle = logrtc_array("circle", NULL, 1);
    circle.value.fields = &circle;
    logrtc_field unknown = logrtc_int("unknown", 1);
    unknown.kind = 99;
    LOGGED(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m",
                             LOGRTC_FIELDS(logrtc_null(NULL), logrtc_text("none", NULL), logrtc_text_n("nul", "\0\xff", 2),
                                           logrtc_double("nan", 0.0 / 0.0), logrtc_object("o", NULL, 0)),
                             NULL),
           LOGRTC_OK);
    LOGGED(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m", NULL, 1, NULL), repaired);
    LOGGED(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m", &circle, 1, NULL), repaired);
    LOGGED(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m", &unknown, 1, NULL), repaired);
    LOGGED(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m", LOGRTC_FIELDS(logrtc_json("j", "[1")), NULL), repaired);
    LOGGED(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m", LOGRTC_FIELDS(logrtc_text_n("l", "", SIZE_MAX)), NULL), repaired);
    CHECK(strncmp(logrtc_last_error(), "fields: ", 8) == 0);
#undef LOGGED
    logrtc_stats stats = LOGRTC_STATS_INIT;
    CHECK_STATUS(logrtc_get_stats(producer, &stats), LOGRTC_OK);
    CHECK(stats.accepted == accepted && stats.filtered == 0);
    CHECK_STATUS(logrtc_set_filter(producer, "off"), LOGRTC_OK);
    CHECK_STATUS(logrtc_log(producer, 9, NULL, NULL, "[", NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_logf(producer, 9, NULL, "%d", 1), LOGRTC_OK);
    CHECK_STATUS(logrtc_get_stats(producer, &stats), LOGRTC_OK);
    CHECK(stats.accepted == accepted && stats.filtered == 2);
    CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
    free(big);
}

static void entries_are_checked(void) {
    logrtc_producer *producer = connect_locally(local_options("misuse", NULL));
    char *big = malloc(MIB + 1);
    CHECK(big != NULL);
    memset(big, 'x', MIB);
    big[MIB] = '\0';
    const logrtc_status wrong = LOGRTC_INVALID_ARGUMENT;

    CHECK_STATUS(logrtc_position(producer, NULL), wrong);
    CHECK_STATUS(logrtc_set_level(producer, -1), wrong);
    CHECK_STATUS(logrtc_set_filter(producer, "app=loud"), wrong);
    CHECK_STATUS(logrtc_set_filter(producer, NULL), wrong);
    CHECK_STATUS(logrtc_set_filter_n(producer, NULL, 3), wrong);
    CHECK(logrtc_enabled(producer, 4, "t") == 1 && logrtc_enabled(producer, INT_MIN, NULL) == 1);
    CHECK(logrtc_enabled_n(producer, LOGRTC_INFO, NULL, 1) == 1);
    CHECK(logrtc_enabled(producer, LOGRTC_INFO, "t") == 1 && logrtc_enabled_n(producer, LOGRTC_INFO, NULL, 0) == 1);

    for (size_t i = 0; i < WRONG_JSON; i++) {
        CHECK_STATUS(logrtc_send(producer, wrong_json[i]), wrong);
    }
    /* 1 MiB of brackets: refused, and no stack overflows. */
    memset(big, '[', MIB);
    memcpy(big, "{\"a\":", 5);
    CHECK_STATUS(logrtc_send(producer, big), wrong);
    CHECK_STATUS(logrtc_send(producer, NULL), wrong);
    CHECK_STATUS(logrtc_send_n(producer, NULL, 1), wrong);
    CHECK_STATUS(logrtc_send_n(producer, "{}", SIZE_MAX), wrong);
    logrtc_stats stats = LOGRTC_STATS_INIT;
    CHECK_STATUS(logrtc_get_stats(producer, &stats), LOGRTC_OK);
    CHECK(stats.accepted == 0);

    /* Nothing of this is wrong. */
    logrtc_span span = LOGRTC_SPAN_INIT;
    memset(big, 'x', MIB);
    uint64_t accepted = 0;
    const char *const texts[] = {"", "\xff\xfe\x80 not UTF-8", "\"quoted\"\\\n\x01", "\xe6\x97\xa5\xe5\xbf\x97", big};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        span.id = span.trace_id = span.parent_id = texts[i];
        CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, texts[i], texts[i], "{\"a\":[1,{}]}", &span), LOGRTC_OK);
        CHECK_STATUS(logrtc_log_n(producer, LOGRTC_ERROR, texts[i], strlen(texts[i]), texts[i], strlen(texts[i]), NULL,
                                  0, NULL),
                     LOGRTC_OK);
        accepted += 2;
    }
    CHECK_STATUS(logrtc_log_n(producer, LOGRTC_DEBUG, "a\0b", 3, "\0", 1, "{}", 2, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_log_n(producer, LOGRTC_DEBUG, NULL, 0, NULL, 0, NULL, 0, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_log_at(producer, -1, LOGRTC_DEBUG, "t", "m", NULL, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_log_at_n(producer, 0, LOGRTC_DEBUG, NULL, 0, NULL, 0, NULL, 0, NULL), LOGRTC_OK);
    accepted += 4;
    uint64_t pending = 7;
    CHECK_STATUS(logrtc_flush(producer, UINT64_MAX, &pending), LOGRTC_OK);
    CHECK(pending == 0);
    CHECK_STATUS(logrtc_flush(producer, 0, NULL), LOGRTC_OK);
    uint64_t position = 0;
    CHECK_STATUS(logrtc_position(producer, &position), LOGRTC_OK);
    CHECK(position == accepted);
    CHECK_STATUS(logrtc_flush_to(producer, position, 0, &pending), LOGRTC_OK);

    /* A program that was built when the struct was shorter, and one that says nothing of its size. */
    memset(&stats, 0xaa, sizeof stats);
    stats.struct_size = offsetof(logrtc_stats, filtered);
    CHECK_STATUS(logrtc_get_stats(producer, &stats), LOGRTC_OK);
    CHECK(stats.accepted == accepted && stats.filtered == UINT64_C(0xaaaaaaaaaaaaaaaa));
    stats.struct_size = 0;
    CHECK_STATUS(logrtc_get_stats(producer, &stats), wrong);
    CHECK_STATUS(logrtc_get_stats(producer, NULL), wrong);
    CHECK_STATUS(logrtc_get_state(producer, NULL), wrong);

    CHECK_STATUS(logrtc_close(producer, UINT64_MAX), LOGRTC_OK);
    free(big);
}

static void after_close_everything_answers(void) {
    logrtc_producer *producer = connect_locally(local_options("misuse", NULL));
    CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
    int state = -1;
    uint64_t pending = 7, position = 7;
    logrtc_stats stats = LOGRTC_STATS_INIT;
    for (int again = 0; again < 2; again++) {
        CHECK_STATUS(logrtc_close(producer, 1000), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_log(producer, LOGRTC_INFO, "t", "m", NULL, NULL), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_log_n(producer, LOGRTC_INFO, "t", 1, "m", 1, NULL, 0, NULL), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_log_fields(producer, LOGRTC_INFO, "t", "m", NULL, 0, NULL), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_logf(producer, LOGRTC_INFO, "t", "%d", 1), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_send(producer, "{}"), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_send_n(producer, "{}", 2), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_set_level(producer, LOGRTC_INFO), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_set_filter(producer, "info"), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_flush(producer, 1000, &pending), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_flush_to(producer, 0, 1000, &pending), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_position(producer, &position), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_count_filtered(producer), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_wait_for_consumer(producer, UINT64_MAX), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_get_server_error(producer, NULL, 0, NULL), LOGRTC_OK);
        CHECK_STATUS(logrtc_log_at(producer, 0, LOGRTC_INFO, "t", "m", NULL, NULL), LOGRTC_CLOSED);
        CHECK_STATUS(logrtc_get_stats(producer, &stats), LOGRTC_OK);
        CHECK_STATUS(logrtc_get_state(producer, &state), LOGRTC_OK);
        CHECK(logrtc_enabled(producer, LOGRTC_ERROR, "t") == 0);
    }
    CHECK(state == LOGRTC_STATE_CLOSED && pending == 7 && position == 7);
    CHECK(stats.accepted == 0 && stats.after_close == 16);
}

static void disabled_does_nothing(void) {
    logrtc_options *options = local_options("misuse", NULL);
    CHECK_STATUS(logrtc_options_set_disabled(options, 1), LOGRTC_OK);
    logrtc_producer *producer = connect_locally(options);
    int state = -1;
    CHECK_STATUS(logrtc_get_state(producer, &state), LOGRTC_OK);
    CHECK(state == LOGRTC_STATE_DISABLED && logrtc_enabled(producer, LOGRTC_ERROR, "t") == 0);
    CHECK_STATUS(logrtc_log(producer, LOGRTC_ERROR, "t", "m", NULL, NULL), LOGRTC_OK);
    CHECK_STATUS(logrtc_wait_for_consumer(producer, UINT64_MAX), LOGRTC_TIMEOUT);
    CHECK_STATUS(logrtc_close(producer, 0), LOGRTC_OK);
}

static void a_panic_stays_inside(void) {
    CHECK_STATUS(logrtc_test_panic(), LOGRTC_INTERNAL);
    CHECK(strcmp(logrtc_last_error(), "logrtc is at fault: as the test wants") == 0);
}

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? atoi(argv[1]) : 1000;
    null_is_answered();
    options_are_checked();
    no_argument_loses_an_entry();
    entries_are_checked();
    after_close_everything_answers();
    what_is_left_out_is_never_logged(rounds);
    disabled_does_nothing();
    a_wait_for_a_consumer_ends();
    a_server_that_is_missing_is_reported_once();
    a_panic_stays_inside();
    for (int i = 0; i < 10; i++) {
        no_callback_after_close(0);
        no_callback_after_close(1);
    }
    threads_log_while_one_closes(rounds);
    puts("misuse: every call was answered");
    return 0;
}
