/*
 * logrtc: stream a program's structured log, live, to web pages, directly over WebRTC.
 *
 *     logrtc_options *options = logrtc_options_new();
 *     logrtc_options_set_client_id(options, "checkout");
 *     logrtc_producer *producer = NULL;
 *     if (logrtc_connect(options, &producer) != LOGRTC_OK)
 *         fprintf(stderr, "%s\n", logrtc_last_error());
 *     logrtc_options_free(options);
 *     logrtc_log(producer, LOGRTC_INFO, "checkout.http", "listening", "{\"port\":8080}", NULL);
 *     logrtc_close(producer, 2000);
 *
 * What holds for every function:
 *
 * Threads      Every function may be called from any thread at any time; one logrtc_options is used by one thread at a
 *              time. No log call waits on the network.
 * Ownership    What is passed in is read during the call, and belongs to the caller. logrtc_options_free() frees options.
 *              logrtc_close() ends a producer; its handle is never freed.
 * Status       Every function that can fail returns a logrtc_status. logrtc_last_error() has the text, for the calling
 *              thread. A function writes to its pointers only if it returns LOGRTC_OK, unless it says otherwise.
 * NULL         If a value is needed, NULL fails with LOGRTC_INVALID_ARGUMENT, and nothing happens.
 * Strings      are UTF-8 with a NUL at their end. A function whose name ends in _n is the same, for strings with a length
 *              in bytes. Bytes that are not UTF-8 become U+FFFD; nothing is refused for its spelling.
 * Close        may be called at any time, by many threads at once, and from a callback. Afterwards every function still
 *              works: it returns LOGRTC_CLOSED.
 * Callbacks    run one at a time, on a thread of their own for each producer, and may call any function. When
 *              logrtc_close() has returned, none runs, and none will. A thread that closes must not hold a lock that
 *              its callback waits for. exit() waits for a callback at most for the close timeout.
 * Fork         The parent is not touched. The child starts a producer of its own at its first log call, client_id#pid,
 *              without callbacks; logrtc_options_set_fork() turns that off. exit() in a child closes the child's producer.
 *              A child that calls _exit() must call logrtc_close() first; undelivered entries are lost otherwise.
 * Signals      No function may be called in a signal handler. The threads of logrtc take no signal: it is for a thread of
 *              the program.
 * exit()       exit(), and returning from main(), close each producer that is still open: all at once, each within its
 *              close timeout, logrtc_options_set_close_timeout_ms(). The first logrtc_connect() registers the handler
 *              (atexit). Handlers that are registered later, and static objects that are constructed later, run before
 *              it and may log. What runs after it may call any function, which returns LOGRTC_CLOSED.
 *              logrtc_options_set_close_at_exit() turns this off for a producer. _exit(), quick_exit(), abort() and a
 *              signal that ends the process lose undelivered entries: call logrtc_close() first.
 * dlclose()    The shared library stays in the process. A shared object that contains the static library must stay, too:
 *              link it with -z nodelete.
 */

#ifndef LOGRTC_H
#define LOGRTC_H

/* Made by cbindgen from the documentation in ffi-c/src: `make header`. Not to be edited. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version */

/** The version of this header: major. */
#define LOGRTC_VERSION_MAJOR 0
/** The version of this header: minor. */
#define LOGRTC_VERSION_MINOR 1
/** The version of this header: patch. */
#define LOGRTC_VERSION_PATCH 0

/**
 * The version of the library, such as "0.1.0". Static; never NULL. It may be newer than the header's: functions are only
 * ever added within a soname.
 */
const char *logrtc_version(void);

/* Statuses */

/** What a call answers: LOGRTC_OK, or why not. The numbers never change their meaning; more may come. */
typedef int32_t logrtc_status;

/** The call did what it says. */
#define LOGRTC_OK 0
/** A value that was passed is wrong; logrtc_last_error() names it and says what is right. */
#define LOGRTC_INVALID_ARGUMENT 1
/** The producer is closed. */
#define LOGRTC_CLOSED 2
/** The time was over before the work was done. */
#define LOGRTC_TIMEOUT 3
/** The journal is full, and its overflow policy refused the entry. It is counted. */
#define LOGRTC_DROPPED 4
/** The system refused something that logrtc needs, or logrtc is at fault. */
#define LOGRTC_INTERNAL 5

/** The name of a status, such as "invalid argument". Static; never NULL, whatever the number. */
const char *logrtc_status_string(logrtc_status status);

/**
 * The text of the last call of the calling thread that failed, in UTF-8: which value was wrong, and what is right. Never
 * NULL; empty if no call of this thread has failed. Valid until the next call of the same thread that fails; a call that
 * succeeds does not change it. logrtc_get_server_error() has the trouble with the signaling server.
 */
const char *logrtc_last_error(void);

/* Levels: how severe an entry is */

/** For the person who debugs the program. */
#define LOGRTC_DEBUG 0
/** What happens in normal operation. */
#define LOGRTC_INFO 1
/** What may need attention. */
#define LOGRTC_WARN 2
/** What went wrong. */
#define LOGRTC_ERROR 3

/* States and callbacks */

/** An attempt to reach the signaling server is under way. */
#define LOGRTC_STATE_CONNECTING 0
/** Registered: consumers can come. */
#define LOGRTC_STATE_REGISTERED 1
/** The server cannot be reached, or is lost; the next attempt will come. */
#define LOGRTC_STATE_RECONNECTING 2
/** No attempt is left; consumers that are there stay. */
#define LOGRTC_STATE_ABANDONED 3
/** Closed by the program. */
#define LOGRTC_STATE_CLOSED 4
/** Switched off (LOGRTC_DISABLED). */
#define LOGRTC_STATE_DISABLED 5

/**
 * Called with the state at logrtc_connect(), which may not have returned by then, and with each new one (LOGRTC_STATE_…), on
 * a thread of logrtc's. No exception may leave it.
 */
typedef void (*logrtc_state_callback)(int state, void *user_data);

/**
 * Called with a level (LOGRTC_DEBUG to LOGRTC_ERROR) and a line of text, on a thread of logrtc. The text is valid until the
 * callback returns. No exception may leave it.
 */
typedef void (*logrtc_diagnostics_callback)(int level, const char *message, void *user_data);

/* Options */

/** When the journal is full, the oldest entry goes. Logging never waits. */
#define LOGRTC_OVERFLOW_DROP_OLDEST 0
/**
 * When the journal is full, the new entry is refused while a connected consumer has yet to read the oldest, or while nobody
 * is connected.
 */
#define LOGRTC_OVERFLOW_DROP_NEWEST 1
/**
 * When the journal is full, the call waits while a connected consumer has yet to read the oldest, at most for the limit;
 * then the entry is refused.
 */
#define LOGRTC_OVERFLOW_BLOCK 2
/** A new consumer begins at the oldest entry that is retained. */
#define LOGRTC_REPLAY_ALL (-1)
/** A new consumer begins with what comes next. */
#define LOGRTC_REPLAY_NONE 0

/** The options of a producer, each with a default. Not to be used by two threads at once. */
typedef struct logrtc_options logrtc_options;

/**
 * Makes options with every default. The caller owns them, and must eventually call logrtc_options_free().
 * NULL where there is no memory.
 */
logrtc_options *logrtc_options_new(void);

/** Frees options. They may be freed as soon as logrtc_connect() has returned. NULL does nothing. */
void logrtc_options_free(logrtc_options *options);

/** The address of the signaling server, ws:// or wss://; "ws://localhost:8080/signaling" by default. */
logrtc_status logrtc_options_set_url(logrtc_options *options, const char *url);
logrtc_status logrtc_options_set_url_n(logrtc_options *options, const char *url, size_t len);

/** The name under which the producer registers, of 1 to 128 bytes; the name of the program by default. */
logrtc_status logrtc_options_set_client_id(logrtc_options *options, const char *client_id);
logrtc_status logrtc_options_set_client_id_n(logrtc_options *options, const char *client_id, size_t len);

/** The name of the system, for people; the client_id by default. */
logrtc_status logrtc_options_set_system_name(logrtc_options *options, const char *system_name);
logrtc_status logrtc_options_set_system_name_n(logrtc_options *options, const char *system_name, size_t len);

/** The version of the system; "0.0.0" by default. */
logrtc_status logrtc_options_set_version(logrtc_options *options, const char *version);
logrtc_status logrtc_options_set_version_n(logrtc_options *options, const char *version, size_t len);

/** What the system is, for people; none by default. */
logrtc_status logrtc_options_set_description(logrtc_options *options, const char *description);
logrtc_status logrtc_options_set_description_n(logrtc_options *options, const char *description, size_t len);

/** A bearer token for the signaling server; none by default. */
logrtc_status logrtc_options_set_token(logrtc_options *options, const char *token);
logrtc_status logrtc_options_set_token_n(logrtc_options *options, const char *token, size_t len);

/** A file of certificates (PEM) that are trusted for wss:// beside the system's own; none by default. */
logrtc_status logrtc_options_set_ca_file(logrtc_options *options, const char *ca_file);
logrtc_status logrtc_options_set_ca_file_n(logrtc_options *options, const char *ca_file, size_t len);

/** What is logged, by level and target: "info,app::db=debug"; everything by default. Replaces the level. */
logrtc_status logrtc_options_set_filter(logrtc_options *options, const char *filter);
logrtc_status logrtc_options_set_filter_n(logrtc_options *options, const char *filter, size_t len);

/**
 * The lowest level that is logged, LOGRTC_DEBUG to LOGRTC_ERROR, of every target; LOGRTC_DEBUG by default. Replaces the
 * filter.
 */
logrtc_status logrtc_options_set_level(logrtc_options *options, int level);

/** Has `callback` called with each new state. NULL for none, the default. */
logrtc_status logrtc_options_set_state_callback(logrtc_options *options, logrtc_state_callback callback,
                                                void *user_data);

/**
 * Has `callback` called with the diagnostics of the producer: a warning at the first failed attempt to reach the signaling
 * server, with its address and the reason, and one when it is connected again; and at LOGRTC_DEBUG each state, consumer and
 * failed attempt. NULL for none, the default: the warnings go to standard error.
 *
 * LOGRTC_DIAGNOSTICS=1 in the environment writes every diagnostic of logrtc to standard error, in any case.
 */
logrtc_status logrtc_options_set_diagnostics_callback(logrtc_options *options,
                                                      logrtc_diagnostics_callback callback, void *user_data);

/** How many entries the journal holds; 65536 by default. */
logrtc_status logrtc_options_set_max_entries(logrtc_options *options, size_t max_entries);

/** How many bytes the journal holds; 16 MiB by default. */
logrtc_status logrtc_options_set_max_bytes(logrtc_options *options, size_t max_bytes);

/**
 * How long an entry may be when encoded, from 2048 to 65536 bytes; 65536 by default. A longer message is cut, and marked
 * by the field "truncated".
 */
logrtc_status logrtc_options_set_max_entry_bytes(logrtc_options *options, size_t max_entry_bytes);

/**
 * What happens when the journal is full: one of LOGRTC_OVERFLOW_…; LOGRTC_OVERFLOW_DROP_OLDEST by default. `limit_ms` is how
 * long LOGRTC_OVERFLOW_BLOCK may wait; the others do not read it.
 */
logrtc_status logrtc_options_set_overflow(logrtc_options *options, int overflow, uint64_t limit_ms);

/** Where a new consumer begins: LOGRTC_REPLAY_ALL (the default), LOGRTC_REPLAY_NONE, or a number of the newest entries. */
logrtc_status logrtc_options_set_replay(logrtc_options *options, int64_t replay);

/** How long to wait between attempts to reach the signaling server; 5000 by default. */
logrtc_status logrtc_options_set_reconnect_interval_ms(logrtc_options *options, uint64_t interval_ms);

/** What that interval grows to, doubling with each failure; no growth by default. */
logrtc_status logrtc_options_set_max_reconnect_interval_ms(logrtc_options *options, uint64_t max_interval_ms);

/** The part of an interval, from 0 to 1, that chance takes away; 0 by default. */
logrtc_status logrtc_options_set_reconnect_jitter(logrtc_options *options, double jitter);

/**
 * How many failed attempts in a row, the first one included, end the search for the signaling server: at least 1; or -1, the
 * default, for no end. An attempt fails, too, if its connection ends within 30 s.
 */
logrtc_status logrtc_options_set_max_reconnect_attempts(logrtc_options *options, int64_t max_attempts);

/** How many consumers there may be at once; 64 by default. */
logrtc_status logrtc_options_set_max_consumers(logrtc_options *options, size_t max_consumers);

/** 1 makes the producer do nothing: no thread, no socket, no entry. 0 by default. */
logrtc_status logrtc_options_set_disabled(logrtc_options *options, int disabled);

/**
 * Whether LOGRTC_URL, LOGRTC_CLIENT_ID, LOGRTC_LEVEL, LOGRTC_TOKEN and LOGRTC_DISABLED win over what is set here: 1, the
 * default, or 0.
 */
logrtc_status logrtc_options_set_environment(logrtc_options *options, int environment);

/**
 * Whether the child of a fork logs as a producer of its own, client_id#pid, from its first log call on: 1, the default; or
 * not at all: 0.
 */
logrtc_status logrtc_options_set_fork(logrtc_options *options, int fork);

/** How long exit() may take to deliver what the program has logged; 2000 by default. logrtc_close() has a timeout of its own. */
logrtc_status logrtc_options_set_close_timeout_ms(logrtc_options *options, uint64_t timeout_ms);

/**
 * Whether exit() closes the producer if it is still open: 1, the default, or 0. In the child of a fork, exit() closes the
 * child's own producer.
 */
logrtc_status logrtc_options_set_close_at_exit(logrtc_options *options, int close_at_exit);

/**
 * Adds a STUN or TURN server: "stun:host:port", or "turn:host:port" with its user and password (NULL for STUN). The first
 * one that is added takes the place of the default, "stun:stun.l.google.com:19302".
 */
logrtc_status logrtc_options_add_ice_server(logrtc_options *options, const char *url, const char *username,
                                            const char *credential);

/** Leaves no STUN or TURN server, not even the default: right within one network. */
logrtc_status logrtc_options_clear_ice_servers(logrtc_options *options);

/**
 * Adds a network interface over which consumers connect, by name ("eth0") or by address ("192.0.2.1"). If none is added,
 * every interface but loopback is used, and loopback if the signaling server is on this host or there is no other.
 *
 * An interface that this host does not have is skipped and reported once, as a diagnostic. If it has none of them, only
 * consumers on this host connect.
 */
logrtc_status logrtc_options_add_interface(logrtc_options *options, const char *interface);
logrtc_status logrtc_options_add_interface_n(logrtc_options *options, const char *interface, size_t len);

/* The producer */

/**
 * A producer: made by logrtc_connect(), ended by logrtc_close().
 *
 * logrtc_close() leaves some two thousand bytes of it, which are never freed: so any call with it is safe at any time.
 */
typedef struct logrtc_producer logrtc_producer;

/**
 * What a producer has done so far. Set `struct_size` to sizeof(logrtc_stats) before logrtc_get_stats(), which fills in what
 * fits: members are only ever added at the end. LOGRTC_STATS_INIT does it.
 */
typedef struct logrtc_stats {
    /** sizeof(logrtc_stats), set by the caller. */
    size_t struct_size;
    /** Entries that entered the journal. */
    uint64_t accepted;
    /** Entries that the level and the filter left out. */
    uint64_t filtered;
    /** Entries that the overflow policy refused. */
    uint64_t refused;
    /** Entries that were logged after the producer closed. */
    uint64_t after_close;
    /** Entries in the journal, now. */
    uint64_t retained_entries;
    /** Bytes that the journal takes, now. */
    uint64_t retained_bytes;
    /** How often the producer registered with a signaling server. */
    uint64_t registrations;
    /** Consumers with an open channel, now. */
    uint64_t consumers;
    /** Consumers whose channel opened. */
    uint64_t consumers_opened;
    /** Consumers whose channel did not open in time. */
    uint64_t consumers_failed;
    /** Consumers that were refused, for there were as many as may be. */
    uint64_t consumers_refused;
    /**
     * Of the consumers that are connected now, together: entries that were accepted for them. Always
     * accepted = delivered + waiting + dropped + filtered.
     */
    uint64_t consumers_accepted;
    /** Of them: entries that they acknowledged. */
    uint64_t consumers_delivered;
    /** Of them: entries in the journal or on the way. */
    uint64_t consumers_waiting;
    /** Of them: entries that were lost to them. */
    uint64_t consumers_dropped;
    /** Of them: entries that they do not want. */
    uint64_t consumers_filtered;
    /** Answers of consumers that were refused, for they did not hold what the protocol says. */
    uint64_t answers_refused;
    /** Candidates of consumers that were refused. */
    uint64_t candidates_refused;
    /** Messages of the signaling server that were malformed. */
    uint64_t malformed_messages;
    /** Messages of consumers that could not be read, or were too long or too many. */
    uint64_t ignored_messages;
} logrtc_stats;

/** A logrtc_stats that is ready to be passed. */
#define LOGRTC_STATS_INIT {sizeof(logrtc_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/**
 * Starts a producer, and returns at once: it connects, registers and reconnects by itself. What is logged before a consumer
 * comes waits in the journal. The options are only read: the caller still owns them.
 *
 * `*producer` is written only where the status is LOGRTC_OK, and belongs to the program until logrtc_close().
 * LOGRTC_INVALID_ARGUMENT: an option is wrong. LOGRTC_INTERNAL: the system gives no threads.
 */
logrtc_status logrtc_connect(const logrtc_options *options, logrtc_producer **producer);

/**
 * Waits until a consumer is connected, at most for `timeout_ms`. Returns at once if one is connected.
 *
 * LOGRTC_TIMEOUT: none is; also at once if the producer is disabled. LOGRTC_CLOSED: the producer is closed, or another
 * thread closed it during the wait.
 */
logrtc_status logrtc_wait_for_consumer(logrtc_producer *producer, uint64_t timeout_ms);

/**
 * Waits until every connected consumer has acknowledged everything that was accepted before the call, at most for
 * `timeout_ms`; returns at once where none is connected.
 *
 * LOGRTC_TIMEOUT: some has not; `*pending`, where `pending` is not NULL, is how many entries the slowest consumer still waits
 * for. It is 0 where the status is LOGRTC_OK, and not written otherwise.
 */
logrtc_status logrtc_flush(logrtc_producer *producer, uint64_t timeout_ms, uint64_t *pending);

/**
 * Does the same for what was accepted before `position`, an earlier answer of logrtc_position(): so that a wait can be done in
 * parts, with other things in between.
 */
logrtc_status logrtc_flush_to(logrtc_producer *producer, uint64_t position, uint64_t timeout_ms,
                              uint64_t *pending);

/** Writes to `*position` how many entries were accepted so far: what logrtc_flush_to() may wait for. */
logrtc_status logrtc_position(const logrtc_producer *producer, uint64_t *position);

/**
 * Delivers what is logged, and ends the producer. When it returns, no thread, socket or callback of it is left; if a callback
 * calls it, that callback is the last one.
 *
 * Waits, at most for `timeout_ms`, until every consumer that is connected or announced has everything. If the first
 * registration is still under way, it waits for that, too: so the entries of a short program reach a page that is open.
 * Returns at once if the signaling server cannot be reached, or has no consumer. Takes at most 200 ms beyond `timeout_ms`.
 *
 * LOGRTC_TIMEOUT: a consumer did not receive everything; the producer is closed all the same. LOGRTC_CLOSED: it is closed
 * already, as for every later call.
 */
logrtc_status logrtc_close(logrtc_producer *producer, uint64_t timeout_ms);

/** Writes the state, one of LOGRTC_STATE_…, to `*state`: LOGRTC_STATE_CLOSED after logrtc_close(), with LOGRTC_OK. */
logrtc_status logrtc_get_state(const logrtc_producer *producer, int *state);

/**
 * Writes why the signaling server cannot be reached, or its last complaint; an empty text if it takes the producer. After
 * logrtc_close() too.
 *
 * `buffer` receives at most `size` bytes, including the NUL at the end; a text that is longer is cut. It may be NULL if
 * `size` is 0. `*length`, unless `length` is NULL, is the length of the whole text, without the NUL.
 */
logrtc_status logrtc_get_server_error(const logrtc_producer *producer, char *buffer, size_t size,
                                      size_t *length);

/** Writes what has been counted so far to `*stats`, whose `struct_size` must be set; after logrtc_close() too. */
logrtc_status logrtc_get_stats(const logrtc_producer *producer, logrtc_stats *stats);

/* Logging */

/**
 * Where an entry stands in a distributed trace. Each member but the first is NULL or a NUL-terminated string. Set
 * `struct_size` to sizeof(logrtc_span); LOGRTC_SPAN_INIT does it.
 */
typedef struct logrtc_span {
    /** sizeof(logrtc_span), set by the caller. */
    size_t struct_size;
    /** The id of the span. */
    const char *id;
    /** The id of the trace that the span belongs to. */
    const char *trace_id;
    /** The id of the span that this one is part of. */
    const char *parent_id;
} logrtc_span;

/** A logrtc_span that is ready to be passed. */
#define LOGRTC_SPAN_INIT {sizeof(logrtc_span), NULL, NULL, NULL}

/**
 * Logs an entry. `fields` is a JSON object, or NULL; `span` may be NULL. Never waits on the network.
 *
 * LOGRTC_OK where the level and the filter do not want it, too. LOGRTC_INVALID_ARGUMENT: an argument is NULL, the level is
 * none, or `fields` is no JSON object. LOGRTC_DROPPED: the journal is full and its policy refuses. LOGRTC_CLOSED.
 */
logrtc_status logrtc_log(logrtc_producer *producer, int level, const char *target, const char *message,
                         const char *fields, const logrtc_span *span);

/** The same, with strings of so many bytes. `fields` is NULL for none; the ids of `span` are NUL-terminated. */
logrtc_status logrtc_log_n(logrtc_producer *producer, int level, const char *target, size_t target_len,
                           const char *message, size_t message_len, const char *fields, size_t fields_len,
                           const logrtc_span *span);

/**
 * Logs an entry of another time than the present one, as logrtc_log() does: `unix_ms` milliseconds after 1970, UTC. For what
 * was logged elsewhere before.
 */
logrtc_status logrtc_log_at(logrtc_producer *producer, int64_t unix_ms, int level, const char *target,
                            const char *message, const char *fields, const logrtc_span *span);

/** The same, with strings of so many bytes. `fields` is NULL for none; the ids of `span` are NUL-terminated. */
logrtc_status logrtc_log_at_n(logrtc_producer *producer, int64_t unix_ms, int level, const char *target,
                              size_t target_len, const char *message, size_t message_len, const char *fields,
                              size_t fields_len, const logrtc_span *span);

/**
 * Logs a whole entry, a JSON object: the keys "timestamp" (ISO 8601), "level", "target" and "message" are required, and
 * "fields" and "span" may be there. Never waits on the network.
 *
 * LOGRTC_INVALID_ARGUMENT names the key that is missing, of another type, unknown, or twice there. Else as logrtc_log().
 */
logrtc_status logrtc_send(logrtc_producer *producer, const char *json);
logrtc_status logrtc_send_n(logrtc_producer *producer, const char *json, size_t len);

/**
 * Whether an entry of this level and target would be logged: 1 or 0. 0 for what is NULL, wrong or closed. Costs a few
 * nanoseconds where nothing of that level would be.
 */
int logrtc_enabled(const logrtc_producer *producer, int level, const char *target);
int logrtc_enabled_n(const logrtc_producer *producer, int level, const char *target, size_t len);

/**
 * Counts an entry that logrtc_enabled() said no to, and that the program therefore never made: as logrtc_log() counts those
 * that it leaves out.
 */
logrtc_status logrtc_count_filtered(logrtc_producer *producer);

/** Sets the lowest level that is logged, of every target that the filter does not name. */
logrtc_status logrtc_set_level(logrtc_producer *producer, int level);

/** Sets what is logged, by level and target: "info,app::db=debug". */
logrtc_status logrtc_set_filter(logrtc_producer *producer, const char *filter);
logrtc_status logrtc_set_filter_n(logrtc_producer *producer, const char *filter, size_t len);

#ifdef __cplusplus
}
#endif

#endif /* LOGRTC_H */
