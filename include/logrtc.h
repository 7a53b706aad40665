/*
 * logrtc: streams a program's structured log live to web pages over WebRTC.
 *
 *     logrtc_options *options = logrtc_options_new();
 *     logrtc_options_set_client_id(options, "checkout");
 *     logrtc_producer *producer = NULL;
 *     if (logrtc_connect(options, &producer) != LOGRTC_OK)
 *         fprintf(stderr, "%s\n", logrtc_last_error());
 *     logrtc_options_free(options);
 *     logrtc_logf(producer, LOGRTC_INFO, "checkout.http", "listening on port %d", 8080);
 *     logrtc_log_fields(producer, LOGRTC_WARN, "checkout.db", "slow query",
 *                       LOGRTC_FIELDS(logrtc_int("duration_ms", 812), logrtc_text("table", "orders")), NULL);
 *     logrtc_close(producer, 2000);
 *
 * The following holds for every function.
 *
 * Threads      Every function may be called from any thread at any time. Only one thread may use a
 *              logrtc_options at a time. A log call never waits on the network.
 * Ownership    Arguments are read during the call and still belong to the caller.
 *              logrtc_options_free() frees options. logrtc_close() ends a producer; its handle is
 *              never freed.
 * Status       Every function that can fail returns a logrtc_status. logrtc_last_error() returns
 *              the error text of the calling thread. Unless stated otherwise, a function writes to
 *              its output pointers only if it returns LOGRTC_OK.
 * Log calls    An entry is logged whatever its text is. A target that is NULL is the client_id; a
 *              message that is NULL is empty. An argument that is invalid is replaced, and the call
 *              returns LOGRTC_REPAIRED.
 * NULL         Any other argument that is required and NULL fails with LOGRTC_INVALID_ARGUMENT.
 * Strings      are UTF-8 and NUL-terminated. A function whose name ends in _n takes strings with a
 *              length in bytes instead. Bytes that are not UTF-8 become U+FFFD.
 * Close        logrtc_close() may be called at any time, by several threads at once, and from a
 *              callback. Afterwards every function may still be called; it returns LOGRTC_CLOSED.
 * Callbacks    Each producer has one thread for its callbacks; they run one at a time and may call
 *              any function. After logrtc_close() has returned, no callback runs. A thread that
 *              closes must not hold a lock that a callback waits for. exit() waits for a callback
 *              at most for the close timeout.
 * Fork         The parent is not affected. The child starts its own producer, client_id#pid, at its
 *              first log call, without callbacks; logrtc_options_set_fork() turns that off. exit()
 *              in a child closes the child's producer. A child that calls _exit() must call
 *              logrtc_close() first; undelivered entries are lost otherwise.
 * Signals      No function may be called in a signal handler. The threads of logrtc block all
 *              signals except those that a thread raises itself.
 * exit()       exit(), and returning from main(), close every open producer: all at once, each
 *              within its close timeout, logrtc_options_set_close_timeout_ms(). The first
 *              logrtc_connect() registers the handler (atexit). Handlers that are registered later,
 *              and destructors of static objects that are constructed later, run before it and may
 *              log. Code that runs after it may call any function, which returns LOGRTC_CLOSED.
 *              logrtc_options_set_close_at_exit() turns this off for a producer. _exit(),
 *              quick_exit(), abort() and a signal that ends the process lose undelivered entries:
 *              call logrtc_close() first.
 * dlclose()    The shared library is never unloaded. A shared object that contains the static
 *              library must not be unloaded either: link it with -z nodelete.
 */

#ifndef LOGRTC_H
#define LOGRTC_H

/* Made by cbindgen from the documentation in ffi-c/src: `make header`. Not to be edited. */

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
 * The version of the library, such as "0.1.0". Static; never NULL. It may be newer than the
 * header's: functions are only ever added within a soname.
 */
const char *logrtc_version(void);

/* Statuses */

/**
 * The result of a call: LOGRTC_OK, or the reason why it failed. A number never changes its
 * meaning; new ones may be added.
 */
typedef int32_t logrtc_status;

/** The call succeeded. */
#define LOGRTC_OK 0
/** An argument is invalid; logrtc_last_error() names it and says what is valid. */
#define LOGRTC_INVALID_ARGUMENT 1
/** The producer is closed. */
#define LOGRTC_CLOSED 2
/** The operation timed out. */
#define LOGRTC_TIMEOUT 3
/** The journal is full and its overflow policy refused the entry, which is counted. */
#define LOGRTC_DROPPED 4
/** A system call failed, or logrtc has a bug. */
#define LOGRTC_INTERNAL 5
/**
 * The entry was logged, but an argument was invalid and was replaced; logrtc_last_error() names
 * it. Only log calls return it.
 */
#define LOGRTC_REPAIRED 6

/**
 * Returns the name of a status, such as "invalid argument". Static; never NULL. "unknown status"
 * if the number is not a status.
 */
const char *logrtc_status_string(logrtc_status status);

/**
 * Returns the error text of the last call on the calling thread that did not return LOGRTC_OK, in
 * UTF-8. It names the invalid value and says what is valid. Never NULL; empty if no call of this
 * thread has failed. Valid until the next call of this thread that fails; a call that succeeds
 * does not change it. For errors of the signaling server, see logrtc_get_server_error().
 */
const char *logrtc_last_error(void);

/* Levels: how severe an entry is */

/** Details for debugging. */
#define LOGRTC_DEBUG 0
/** Normal operation. */
#define LOGRTC_INFO 1
/** A condition that may need attention. */
#define LOGRTC_WARN 2
/** A failure. */
#define LOGRTC_ERROR 3

/* States, events and callbacks */

/** The state changed: `state` is the new one. The first event has the state at logrtc_connect(). */
#define LOGRTC_EVENT_STATE 0
/** The channel to a consumer opened: `consumer_id`. */
#define LOGRTC_EVENT_CONSUMER_CONNECTED 1
/** The connection to a consumer ended, or never opened: `consumer_id`, `reason` and the counts. */
#define LOGRTC_EVENT_CONSUMER_DISCONNECTED 2
/** A consumer was refused because max_consumers are connected: `consumer_id`. */
#define LOGRTC_EVENT_CONSUMER_REFUSED 3
/** The signaling server reported an error or could not be reached: `message`. */
#define LOGRTC_EVENT_SERVER_ERROR 4
/** The consumer closed the channel. */
#define LOGRTC_END_CLOSED_BY_CONSUMER 0
/** The signaling server reported that the consumer left. */
#define LOGRTC_END_LEFT 1
/** The consumer was announced again; a new connection replaces this one. */
#define LOGRTC_END_REPLACED 2
/** The channel did not open within 15 s, or within 3 s while all places were taken. */
#define LOGRTC_END_OPEN_TIMEOUT 3
/** The consumer acknowledged nothing for 20 s. */
#define LOGRTC_END_STALLED 4
/** The network path was lost for 15 s. */
#define LOGRTC_END_PATH_LOST 5
/**
 * The consumer sent far more than it may, or opened a channel. It is offered another connection only
 * if the excess was not authenticated: somebody else may have sent it.
 */
#define LOGRTC_END_FLOODED 6
/** WebRTC failed. */
#define LOGRTC_END_FAILED 7
/** The producer closed. */
#define LOGRTC_END_PRODUCER_CLOSED 8
/** The answer of the consumer had no right proof of the secret. It is not offered another connection. */
#define LOGRTC_END_PROOF_REFUSED 9
/** The producer is connecting to the signaling server. */
#define LOGRTC_STATE_CONNECTING 0
/** The producer is registered; consumers can connect. */
#define LOGRTC_STATE_REGISTERED 1
/**
 * The signaling server cannot be reached or the connection is lost; the producer retries. Open
 * channels stay open.
 */
#define LOGRTC_STATE_RECONNECTING 2
/**
 * The producer has stopped retrying (logrtc_options_set_max_reconnect_attempts()). Open channels
 * stay open.
 */
#define LOGRTC_STATE_ABANDONED 3
/** The producer is closed. */
#define LOGRTC_STATE_CLOSED 4
/** The producer is disabled, by an option or by LOGRTC_DISABLED in the environment. */
#define LOGRTC_STATE_DISABLED 5

/**
 * Receives the state at logrtc_connect(), possibly before logrtc_connect() returns, and each new
 * state (LOGRTC_STATE_…). Runs on a thread of logrtc. It must not throw.
 */
typedef void (*logrtc_state_callback)(int state, void *user_data);

/**
 * An event. `kind` says which members are set; the others are 0 or NULL. The struct and its
 * strings are valid until the callback returns.
 */
typedef struct logrtc_event {
    /**
     * The size of the struct in this library. A member that lies beyond it is not there: members
     * are only added at the end.
     */
    size_t struct_size;
    /** One of LOGRTC_EVENT_…; ignore a kind that you do not know. */
    int kind;
    /** One of LOGRTC_STATE_…. */
    int state;
    /** One of LOGRTC_END_…. */
    int reason;
    /** The id under which the signaling server announced the consumer. */
    const char *consumer_id;
    /** The text of an error. */
    const char *message;
    /** Entries for this consumer: accepted = delivered + waiting + all dropped + filtered. */
    uint64_t accepted;
    /** Entries that it acknowledged. */
    uint64_t delivered;
    /** Entries in the journal or in flight. */
    uint64_t waiting;
    /** Entries that left the journal before they were sent. */
    uint64_t dropped_overflow;
    /** Entries that the overflow policy refused. */
    uint64_t dropped_refused;
    /** Entries that are longer than the consumer accepts. */
    uint64_t dropped_oversize;
    /** Entries that were not acknowledged when the connection ended. */
    uint64_t dropped_disconnected;
    /** Entries that the consumer's filter left out. */
    uint64_t filtered;
} logrtc_event;

/**
 * Receives each event, beginning with the state at logrtc_connect(). Runs on a thread of logrtc.
 * `event` is valid until the callback returns. It must not throw. If 256 events are queued,
 * further events are dropped; the latest state is still delivered.
 */
typedef void (*logrtc_event_callback)(const struct logrtc_event *event, void *user_data);

/**
 * Receives a level (LOGRTC_DEBUG to LOGRTC_ERROR) and a line of text. Runs on a thread of logrtc.
 * `message` is valid until the callback returns. It must not throw.
 */
typedef void (*logrtc_diagnostics_callback)(int level, const char *message, void *user_data);

/**
 * Returns the name of a state, such as "registered". Static; never NULL. "unknown" if the number
 * is not a state.
 */
const char *logrtc_state_string(int state);

/**
 * Returns the name of a reason (LOGRTC_END_…), such as "path_lost". Static; never NULL. "unknown"
 * if the number is not a reason.
 */
const char *logrtc_end_reason_string(int reason);

/* Options */

/** If the journal is full, the oldest entry is dropped. A log call never waits. */
#define LOGRTC_OVERFLOW_DROP_OLDEST 0
/**
 * If the journal is full, a new entry is refused as long as a connected consumer has not read the
 * oldest entry, or no consumer is connected.
 */
#define LOGRTC_OVERFLOW_DROP_NEWEST 1
/**
 * If the journal is full, a log call waits as long as a connected consumer has not read the oldest
 * entry, at most for block_timeout_ms; then the entry is refused.
 */
#define LOGRTC_OVERFLOW_BLOCK 2
/** A new consumer receives all entries in the journal. */
#define LOGRTC_REPLAY_ALL (-1)
/** A new consumer receives only entries that are logged after it connected. */
#define LOGRTC_REPLAY_NONE 0

/** The options of a producer. Each has a default. Only one thread may use them at a time. */
typedef struct logrtc_options logrtc_options;

/**
 * Creates options, all at their defaults. The caller owns them and must eventually call
 * logrtc_options_free(). Returns NULL if there is no memory.
 */
logrtc_options *logrtc_options_new(void);

/** Frees options; logrtc_connect() does not need them after it has returned. Does nothing for NULL. */
void logrtc_options_free(logrtc_options *options);

/**
 * Sets the address of the signaling server, ws:// or wss://. Default:
 * "ws://localhost:8080/signaling".
 */
logrtc_status logrtc_options_set_url(logrtc_options *options, const char *url);
logrtc_status logrtc_options_set_url_n(logrtc_options *options, const char *url, size_t len);

/**
 * Sets the name under which the producer registers, 1 to 128 bytes. Default: the name of the
 * program.
 */
logrtc_status logrtc_options_set_client_id(logrtc_options *options, const char *client_id);
logrtc_status logrtc_options_set_client_id_n(logrtc_options *options, const char *client_id, size_t len);

/** Sets the display name of the system. Default: the client_id. */
logrtc_status logrtc_options_set_system_name(logrtc_options *options, const char *system_name);
logrtc_status logrtc_options_set_system_name_n(logrtc_options *options, const char *system_name, size_t len);

/** Sets the version of the system. Default: "0.0.0". */
logrtc_status logrtc_options_set_version(logrtc_options *options, const char *version);
logrtc_status logrtc_options_set_version_n(logrtc_options *options, const char *version, size_t len);

/** Sets a description of the system for people. Default: none. */
logrtc_status logrtc_options_set_description(logrtc_options *options, const char *description);
logrtc_status logrtc_options_set_description_n(logrtc_options *options, const char *description, size_t len);

/** Sets the bearer token for the signaling server. Default: none. */
logrtc_status logrtc_options_set_token(logrtc_options *options, const char *token);
logrtc_status logrtc_options_set_token_n(logrtc_options *options, const char *token, size_t len);

/**
 * Sets a secret that this program shares with its readers and not with the signaling server. The two
 * prove to each other that no server stands between them. A consumer that does not prove it gets no
 * entry. The secret must be random: 32 to 256 hexadecimal digits, as `openssl rand -hex 16` prints
 * them, or 22 to 256 characters of base64url. Default: none.
 */
logrtc_status logrtc_options_set_secret(logrtc_options *options, const char *secret);
logrtc_status logrtc_options_set_secret_n(logrtc_options *options, const char *secret, size_t len);

/**
 * Sets a file of certificates (PEM) that are trusted for wss:// in addition to those of the
 * system. Default: none.
 */
logrtc_status logrtc_options_set_ca_file(logrtc_options *options, const char *ca_file);
logrtc_status logrtc_options_set_ca_file_n(logrtc_options *options, const char *ca_file, size_t len);

/**
 * Sets the filter by level and target, such as "info,app::db=debug". Default: every entry is
 * logged. Replaces the level.
 */
logrtc_status logrtc_options_set_filter(logrtc_options *options, const char *filter);
logrtc_status logrtc_options_set_filter_n(logrtc_options *options, const char *filter, size_t len);

/**
 * Sets the lowest level that is logged, LOGRTC_DEBUG to LOGRTC_ERROR, for every target. Default:
 * LOGRTC_DEBUG. Replaces the filter.
 */
logrtc_status logrtc_options_set_level(logrtc_options *options, int level);

/**
 * Sets the callback that receives each new state. NULL, the default: none. `user_data` is passed
 * to the callback.
 */
logrtc_status logrtc_options_set_state_callback(logrtc_options *options, logrtc_state_callback callback,
                                                void *user_data);

/**
 * Sets the callback that receives each event: states, consumers, errors of the signaling server.
 * NULL, the default: none. `user_data` is passed to the callback.
 */
logrtc_status logrtc_options_set_event_callback(logrtc_options *options, logrtc_event_callback callback,
                                                void *user_data);

/**
 * Sets the callback that receives the diagnostics of the producer, as text for people: a warning
 * at the first failed attempt to reach the signaling server, with its address and the reason, and
 * a warning when the connection is restored; at LOGRTC_DEBUG each state, consumer and failed
 * attempt. NULL, the default: none; warnings are written to standard error.
 *
 * If LOGRTC_DIAGNOSTICS is 1 in the environment, every diagnostic is also written to standard
 * error.
 */
logrtc_status logrtc_options_set_diagnostics_callback(logrtc_options *options,
                                                      logrtc_diagnostics_callback callback, void *user_data);

/** Sets the maximum number of entries in the journal. Default: 65536. */
logrtc_status logrtc_options_set_max_entries(logrtc_options *options, size_t max_entries);

/** Sets the maximum size of the journal in bytes. Default: 16 MiB. */
logrtc_status logrtc_options_set_max_bytes(logrtc_options *options, size_t max_bytes);

/**
 * Sets the maximum size of an encoded entry, 2048 to 65536 bytes. Default: 65536. The longest
 * values of a longer entry are cut; its field "truncated" lists their names.
 */
logrtc_status logrtc_options_set_max_entry_bytes(logrtc_options *options, size_t max_entry_bytes);

/**
 * Sets the overflow policy, for a journal that is full: one of LOGRTC_OVERFLOW_…. Default:
 * LOGRTC_OVERFLOW_DROP_OLDEST. Only LOGRTC_OVERFLOW_BLOCK reads `block_timeout_ms`, the maximum
 * time that a log call waits.
 */
logrtc_status logrtc_options_set_overflow(logrtc_options *options, int overflow, uint64_t block_timeout_ms);

/**
 * Sets which earlier entries a new consumer receives: LOGRTC_REPLAY_ALL (the default),
 * LOGRTC_REPLAY_NONE, or that many of the newest entries.
 */
logrtc_status logrtc_options_set_replay(logrtc_options *options, int64_t replay);

/** Sets the time between attempts to reach the signaling server. Default: 5000. */
logrtc_status logrtc_options_set_reconnect_interval_ms(logrtc_options *options, uint64_t interval_ms);

/**
 * Sets the maximum to which that interval grows; it doubles with each failure. By default it does
 * not grow.
 */
logrtc_status logrtc_options_set_max_reconnect_interval_ms(logrtc_options *options, uint64_t max_interval_ms);

/**
 * Sets the jitter, 0 to 1: each interval is shortened by a random fraction of at most this.
 * Default: 0.
 */
logrtc_status logrtc_options_set_reconnect_jitter(logrtc_options *options, double jitter);

/**
 * Sets after how many consecutive failed attempts to reach the signaling server the producer stops
 * retrying: at least 1, or -1 (the default) for never. An attempt whose connection ends within 30
 * s counts as failed.
 */
logrtc_status logrtc_options_set_max_reconnect_attempts(logrtc_options *options, int64_t max_attempts);

/** Sets the maximum number of consumers at one time. Default: 64. */
logrtc_status logrtc_options_set_max_consumers(logrtc_options *options, size_t max_consumers);

/**
 * Sets the UDP ports over which consumers connect, `first` to `last`, for example because a firewall
 * or a container opens only these. Default: any free port.
 *
 * Each consumer takes one port of each local address, so the number of ports is the number of
 * consumers that can connect at one time. A consumer that finds no free port is not connected; this
 * is reported once as a diagnostic.
 */
logrtc_status logrtc_options_set_udp_ports(logrtc_options *options, int first, int last);

/**
 * Sets whether consumers connect through a TURN server alone, so that they do not learn the
 * addresses of this host: 1, or 0 (the default). Without a TURN server no consumer connects; this
 * is reported once as a diagnostic.
 */
logrtc_status logrtc_options_set_relay_only(logrtc_options *options, int relay_only);

/** Disables the producer if 1: no thread, no socket, no entry. Default: 0. */
logrtc_status logrtc_options_set_disabled(logrtc_options *options, int disabled);

/**
 * Sets whether the environment variables LOGRTC_URL, LOGRTC_CLIENT_ID, LOGRTC_LEVEL, LOGRTC_TOKEN,
 * LOGRTC_SECRET, LOGRTC_DISABLED, LOGRTC_ICE_SERVERS, LOGRTC_INTERFACES, LOGRTC_UDP_PORTS,
 * LOGRTC_ANNOUNCED_ADDRESS and LOGRTC_RELAY_ONLY override these options: 1 (the default) or 0.
 */
logrtc_status logrtc_options_set_environment(logrtc_options *options, int environment);

/**
 * Sets what a child process does after fork(). 1, the default: from its first log call on, it logs
 * as a producer of its own, client_id#pid. 0: it does not log.
 */
logrtc_status logrtc_options_set_fork(logrtc_options *options, int fork);

/**
 * Sets the time that exit() may take to deliver the remaining entries. Default: 2000.
 * logrtc_close() has its own timeout.
 */
logrtc_status logrtc_options_set_close_timeout_ms(logrtc_options *options, uint64_t timeout_ms);

/**
 * Sets whether exit() closes the producer if it is still open: 1 (the default) or 0. In a child
 * process after fork(), exit() closes the child's own producer.
 */
logrtc_status logrtc_options_set_close_at_exit(logrtc_options *options, int close_at_exit);

/**
 * Adds a STUN server ("stun:host:port"; `username` and `credential` are NULL) or a TURN server
 * ("turn:host:port"), which is used in addition to those of the signaling server. Default: those of
 * the signaling server, or "stun:stun.l.google.com:19302" if it names none.
 */
logrtc_status logrtc_options_add_ice_server(logrtc_options *options, const char *url, const char *username,
                                            const char *credential);

/**
 * Removes all STUN and TURN servers, including the default and those of the signaling server. Use
 * it if programs and consumers are in one network.
 */
logrtc_status logrtc_options_clear_ice_servers(logrtc_options *options);

/**
 * Adds a network interface over which consumers connect, by name ("eth0") or by address
 * ("192.0.2.1"). By default, every interface except loopback is used; loopback is used if the
 * signaling server is on this host or there is no other interface.
 *
 * An interface that this host does not have is skipped and reported once as a diagnostic. If the
 * host has none of them, only consumers on this host can connect.
 */
logrtc_status logrtc_options_add_interface(logrtc_options *options, const char *interface);
logrtc_status logrtc_options_add_interface_n(logrtc_options *options, const char *interface, size_t len);

/**
 * Sets the IP address by which consumers reach this host, for example behind a port forwarding or
 * in a container whose ports are published. Default: none. Consumers are offered it in addition to
 * the local addresses of its family.
 *
 * The forwarding must keep the port: use it with logrtc_options_set_udp_ports().
 */
logrtc_status logrtc_options_set_announced_address(logrtc_options *options, const char *address);
logrtc_status logrtc_options_set_announced_address_n(logrtc_options *options, const char *address,
                                                     size_t len);

/* The producer */

/**
 * A producer: logrtc_connect() makes it, and logrtc_close() ends it.
 *
 * About two thousand bytes of a closed producer are never freed, so that every call with its
 * handle stays safe.
 */
typedef struct logrtc_producer logrtc_producer;

/**
 * The counters of a producer. Set `struct_size` to sizeof(logrtc_stats), as LOGRTC_STATS_INIT
 * does, before logrtc_get_stats(), which writes the members that fit. Members are only added at
 * the end.
 */
typedef struct logrtc_stats {
    /** sizeof(logrtc_stats), set by the caller. */
    size_t struct_size;
    /** Entries that were put into the journal. */
    uint64_t accepted;
    /** Entries that the filter left out. */
    uint64_t filtered;
    /** Entries that the overflow policy refused. */
    uint64_t refused;
    /** Entries that were logged after the producer closed. */
    uint64_t after_close;
    /** Entries that are in the journal now. */
    uint64_t retained_entries;
    /** Bytes that the journal takes now. */
    uint64_t retained_bytes;
    /** Number of registrations with a signaling server. */
    uint64_t registrations;
    /** Consumers with an open channel now. */
    uint64_t consumers;
    /** Consumers whose channel has opened. */
    uint64_t consumers_opened;
    /** Consumers whose channel did not open in time. */
    uint64_t consumers_failed;
    /** Consumers that were refused because max_consumers were connected. */
    uint64_t consumers_refused;
    /**
     * Sum over the consumers that are connected now: entries for them. Always
     * accepted = delivered + waiting + dropped + filtered.
     */
    uint64_t consumers_accepted;
    /** Of these: acknowledged by the consumer. */
    uint64_t consumers_delivered;
    /** Of these: in the journal or in flight. */
    uint64_t consumers_waiting;
    /** Of these: dropped. */
    uint64_t consumers_dropped;
    /** Of these: left out by the consumer's filter. */
    uint64_t consumers_filtered;
    /** Answers of consumers that were refused because they violate the protocol. */
    uint64_t answers_refused;
    /** Candidates of consumers that were refused. */
    uint64_t candidates_refused;
    /** Malformed messages of the signaling server. */
    uint64_t malformed_messages;
    /** Messages of consumers that were malformed, too long or too many. */
    uint64_t ignored_messages;
    /** Answers of consumers that had no right proof of the secret. */
    uint64_t proofs_refused;
} logrtc_stats;

/** A logrtc_stats that is ready to be passed. */
#define LOGRTC_STATS_INIT {sizeof(logrtc_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

/**
 * Starts a producer and returns at once: it connects, registers and reconnects in the background.
 * Entries that are logged before a consumer connects wait in the journal. The options are only
 * read; the caller still owns them.
 *
 * Writes the handle to `*producer` if the status is LOGRTC_OK. End it with logrtc_close(); exit()
 * closes it otherwise. LOGRTC_INVALID_ARGUMENT: an option is invalid. LOGRTC_INTERNAL: the system
 * cannot start a thread.
 */
logrtc_status logrtc_connect(const logrtc_options *options, logrtc_producer **producer);

/**
 * Waits until a consumer is connected, at most for `timeout_ms`. Returns at once if one is
 * connected.
 *
 * LOGRTC_TIMEOUT: no consumer is connected; returned at once if the producer is disabled.
 * LOGRTC_CLOSED: the producer is closed, or another thread closed it during the wait.
 */
logrtc_status logrtc_wait_for_consumer(logrtc_producer *producer, uint64_t timeout_ms);

/**
 * Waits, at most for `timeout_ms`, until every connected consumer has acknowledged all entries
 * that were accepted before the call. Returns at once if no consumer is connected.
 *
 * LOGRTC_TIMEOUT: a consumer has not. `pending` may be NULL. Otherwise `*pending` is 0 for
 * LOGRTC_OK; for LOGRTC_TIMEOUT it is the number of entries that the slowest consumer still waits
 * for; it is not written for another status.
 */
logrtc_status logrtc_flush(logrtc_producer *producer, uint64_t timeout_ms, uint64_t *pending);

/**
 * Does the same for the entries that were accepted before `position`, an earlier result of
 * logrtc_position(). With it, a program can wait in several steps.
 */
logrtc_status logrtc_flush_to(logrtc_producer *producer, uint64_t position, uint64_t timeout_ms,
                              uint64_t *pending);

/** Writes the number of entries that were accepted so far to `*position`, for logrtc_flush_to(). */
logrtc_status logrtc_position(const logrtc_producer *producer, uint64_t *position);

/**
 * Delivers the remaining entries and ends the producer. When it returns, no thread, socket or
 * callback of the producer is left. If a callback calls it, that callback is the last one.
 *
 * Waits, at most for `timeout_ms`, until every consumer that is connected or announced has all
 * entries. If the first registration is still in progress, it waits for that too: so the entries
 * of a short program reach an open page. Returns at once if the signaling server cannot be reached
 * or has no consumer. Takes at most 200 ms longer than `timeout_ms`.
 *
 * LOGRTC_TIMEOUT: a consumer did not receive all entries; the producer is closed anyway.
 * LOGRTC_CLOSED: the producer was closed before; every later call returns it.
 */
logrtc_status logrtc_close(logrtc_producer *producer, uint64_t timeout_ms);

/**
 * Writes the state, one of LOGRTC_STATE_…, to `*state`. After logrtc_close() it is
 * LOGRTC_STATE_CLOSED, and the status is LOGRTC_OK.
 */
logrtc_status logrtc_get_state(const logrtc_producer *producer, int *state);

/**
 * Writes the last error of the signaling server, or the reason why it cannot be reached; an empty
 * text once the producer is registered. Works after logrtc_close() too.
 *
 * `buffer` receives at most `size` bytes, including the NUL at the end; a longer text is cut. It may be NULL if `size` is 0.
 * Unless `length` is NULL, `*length` is the length of the whole text without the NUL.
 */
logrtc_status logrtc_get_server_error(const logrtc_producer *producer, char *buffer, size_t size,
                                      size_t *length);

/**
 * Writes the counters to `*stats`, whose `struct_size` must be set. Works after logrtc_close()
 * too.
 */
logrtc_status logrtc_get_stats(const logrtc_producer *producer, logrtc_stats *stats);

/* Fields */

/** No value. */
#define LOGRTC_FIELD_NULL 0
/** `value.integer` is 0 for false; any other number is true. */
#define LOGRTC_FIELD_BOOL 1
/** A signed integer, `value.integer`. */
#define LOGRTC_FIELD_INT 2
/** An unsigned integer, `value.unsigned_integer`. */
#define LOGRTC_FIELD_UINT 3
/** A floating-point number, `value.number`. NaN and the infinities become strings. */
#define LOGRTC_FIELD_DOUBLE 4
/** A string, `value.text`, of `length` bytes. */
#define LOGRTC_FIELD_TEXT 5
/** One JSON value, `value.text`, of `length` bytes. Text that is not JSON becomes a string. */
#define LOGRTC_FIELD_JSON 6
/** An array of `length` values, `value.fields`, whose names are ignored. */
#define LOGRTC_FIELD_ARRAY 7
/** An object of `length` fields, `value.fields`. */
#define LOGRTC_FIELD_OBJECT 8

/** The value of a field. Which member is set depends on `kind`. */
typedef union logrtc_value {
    /** LOGRTC_FIELD_BOOL and LOGRTC_FIELD_INT. */
    int64_t integer;
    /** LOGRTC_FIELD_UINT. */
    uint64_t unsigned_integer;
    /** LOGRTC_FIELD_DOUBLE. */
    double number;
    /** LOGRTC_FIELD_TEXT and LOGRTC_FIELD_JSON. */
    const char *text;
    /** LOGRTC_FIELD_ARRAY and LOGRTC_FIELD_OBJECT. */
    const struct logrtc_field *fields;
} logrtc_value;

/**
 * A field: a name and a typed value. Make one with logrtc_int(), logrtc_text() and the other
 * functions that return it. A field points to its strings and nested fields, and does not own
 * them.
 */
typedef struct logrtc_field {
    /** Not NUL-terminated. */
    const char *name;
    /** The length of `name` in bytes. */
    size_t name_length;
    /** The value. */
    union logrtc_value value;
    /** The length of a string in bytes; the number of nested fields. */
    size_t length;
    /** One of LOGRTC_FIELD_…. A kind that the library does not know is logged as null. */
    int kind;
} logrtc_field;

/* Logging */

/**
 * The place of an entry in a distributed trace. An id that is NULL is left out. Set `struct_size`
 * to sizeof(logrtc_span), as LOGRTC_SPAN_INIT does.
 */
typedef struct logrtc_span {
    /** sizeof(logrtc_span), set by the caller. */
    size_t struct_size;
    /** The id of the span. */
    const char *id;
    /** The id of the trace. */
    const char *trace_id;
    /** The id of the parent span. */
    const char *parent_id;
} logrtc_span;

/** A logrtc_span that is ready to be passed. */
#define LOGRTC_SPAN_INIT {sizeof(logrtc_span), NULL, NULL, NULL}

/**
 * Logs an entry. Never waits on the network. `fields` is a JSON object or NULL;
 * logrtc_log_fields() needs no JSON. `span` may be NULL.
 *
 * Returns LOGRTC_OK if the entry is logged, or left out by the filter. LOGRTC_REPAIRED: the entry
 * is logged, but an argument was invalid: `fields` that is not a JSON object becomes the field
 * "invalid_json" with its text; a number that is not a level, the nearest level; an invalid span
 * is left out. LOGRTC_DROPPED: the journal is full and its overflow policy refused the entry.
 * LOGRTC_CLOSED: the producer is closed. LOGRTC_INVALID_ARGUMENT: `producer` is NULL.
 */
logrtc_status logrtc_log(logrtc_producer *producer, int level, const char *target, const char *message,
                         const char *fields, const logrtc_span *span);

/**
 * The same, with strings that have a length. `fields` may be NULL; the ids of `span` are
 * NUL-terminated.
 */
logrtc_status logrtc_log_n(logrtc_producer *producer, int level, const char *target, size_t target_len,
                           const char *message, size_t message_len, const char *fields, size_t fields_len,
                           const logrtc_span *span);

/**
 * Logs an entry as logrtc_log() does, with another time than now: `unix_ms` milliseconds after
 * 1970-01-01, UTC. For entries that were recorded earlier.
 */
logrtc_status logrtc_log_at(logrtc_producer *producer, int64_t unix_ms, int level, const char *target,
                            const char *message, const char *fields, const logrtc_span *span);

/**
 * The same, with strings that have a length. `fields` may be NULL; the ids of `span` are
 * NUL-terminated.
 */
logrtc_status logrtc_log_at_n(logrtc_producer *producer, int64_t unix_ms, int level, const char *target,
                              size_t target_len, const char *message, size_t message_len, const char *fields,
                              size_t fields_len, const logrtc_span *span);

/** Logs an entry as logrtc_log() does, with `count` typed fields: see LOGRTC_FIELDS(). */
logrtc_status logrtc_log_fields(logrtc_producer *producer, int level, const char *target, const char *message,
                                const logrtc_field *fields, size_t count, const logrtc_span *span);

/** The same, with strings that have a length. The ids of `span` are NUL-terminated. */
logrtc_status logrtc_log_fields_n(logrtc_producer *producer, int level, const char *target, size_t target_len,
                                  const char *message, size_t message_len, const logrtc_field *fields,
                                  size_t count, const logrtc_span *span);

/** Logs an entry as logrtc_log_fields_n() does, with the time of logrtc_log_at(). */
logrtc_status logrtc_log_fields_at_n(logrtc_producer *producer, int64_t unix_ms, int level,
                                     const char *target, size_t target_len, const char *message,
                                     size_t message_len, const logrtc_field *fields, size_t count,
                                     const logrtc_span *span);

/**
 * Logs a whole entry, a JSON object. The keys "timestamp" (ISO 8601), "level", "target" and
 * "message" are required; "fields" and "span" are optional. Never waits on the network.
 *
 * LOGRTC_INVALID_ARGUMENT: a key is missing, unknown, repeated or of the wrong type; nothing is
 * logged. Otherwise as logrtc_log().
 */
logrtc_status logrtc_send(logrtc_producer *producer, const char *json);
logrtc_status logrtc_send_n(logrtc_producer *producer, const char *json, size_t len);

/**
 * Returns 1 if an entry of this level and target would be logged, else 0. NULL stands for the
 * client_id; a number that is not a level, for the nearest one. Returns 0 if the producer is NULL
 * or closed. Takes a few nanoseconds if no target logs the level.
 */
int logrtc_enabled(const logrtc_producer *producer, int level, const char *target);
int logrtc_enabled_n(const logrtc_producer *producer, int level, const char *target, size_t len);

/**
 * Counts an entry that the program skipped because logrtc_enabled() returned 0. logrtc_log()
 * counts its own.
 */
logrtc_status logrtc_count_filtered(logrtc_producer *producer);

/** Sets the lowest level that is logged, for every target that the filter does not name. */
logrtc_status logrtc_set_level(logrtc_producer *producer, int level);

/** Sets the filter by level and target, such as "info,app::db=debug". */
logrtc_status logrtc_set_filter(logrtc_producer *producer, const char *filter);
logrtc_status logrtc_set_filter_n(logrtc_producer *producer, const char *filter, size_t len);

/* Formatted messages, and fields */

/* The compiler checks the arguments of a function that formats. */
#if defined(__GNUC__) || defined(__clang__)
#define LOGRTC_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define LOGRTC_PRINTF(text, first)
#endif

LOGRTC_PRINTF(4, 0)
static inline logrtc_status logrtc_vlogf(logrtc_producer *producer, int level, const char *target, const char *format,
                                         va_list arguments);

/**
 * Logs an entry whose message is formatted as by printf(): logrtc_logf(producer, LOGRTC_INFO,
 * "shop", "order %d", id). The arguments are only formatted if the entry is wanted. Otherwise as
 * logrtc_log().
 *
 * If the arguments cannot be formatted, the message is `format`.
 */
LOGRTC_PRINTF(4, 5)
static inline logrtc_status logrtc_logf(logrtc_producer *producer, int level, const char *target, const char *format, ...) {
    va_list arguments;
    logrtc_status status;
    va_start(arguments, format);
    status = logrtc_vlogf(producer, level, target, format, arguments);
    va_end(arguments);
    return status;
}

/** The same, with a va_list. */
static inline logrtc_status logrtc_vlogf(logrtc_producer *producer, int level, const char *target, const char *format,
                                         va_list arguments) {
    char room[512];
    char *message = room;
    va_list again;
    int length;
    logrtc_status status;
    if (!logrtc_enabled(producer, level, target)) {
        return logrtc_count_filtered(producer);
    }
    va_copy(again, arguments);
    length = format ? vsnprintf(room, sizeof room, format, arguments) : -1;
    if (length >= (int)sizeof room && (message = (char *)malloc((size_t)length + 1)) != NULL) {
        vsnprintf(message, (size_t)length + 1, format, again);
    }
    va_end(again);
    if (length < 0) {
        return logrtc_log(producer, level, target, format, NULL, NULL);
    }
    if (message == NULL) { /* There is no memory: what fits. */
        message = room;
        length = (int)sizeof room - 1;
    }
    status = logrtc_log_n(producer, level, target, target ? strlen(target) : 0, message, (size_t)length, NULL, 0, NULL);
    if (message != room) {
        free(message);
    }
    return status;
}

static inline logrtc_field logrtc_make_field(const char *name, int kind) {
    logrtc_field field;
    field.name = name;
    field.name_length = name ? strlen(name) : 0;
    field.value.unsigned_integer = 0;
    field.length = 0;
    field.kind = kind;
    return field;
}

/** A field without a value. */
static inline logrtc_field logrtc_null(const char *name) {
    return logrtc_make_field(name, LOGRTC_FIELD_NULL);
}

/** A field that is true (any number but 0) or false (0). */
static inline logrtc_field logrtc_bool(const char *name, int value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_BOOL);
    field.value.integer = value != 0;
    return field;
}

/** A signed integer. */
static inline logrtc_field logrtc_int(const char *name, int64_t value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_INT);
    field.value.integer = value;
    return field;
}

/** An unsigned integer. */
static inline logrtc_field logrtc_uint(const char *name, uint64_t value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_UINT);
    field.value.unsigned_integer = value;
    return field;
}

/** A floating-point number. NaN and the infinities become strings. */
static inline logrtc_field logrtc_double(const char *name, double value) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_DOUBLE);
    field.value.number = value;
    return field;
}

/** A string of `length` bytes; null if `text` is NULL. */
static inline logrtc_field logrtc_text_n(const char *name, const char *text, size_t length) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_TEXT);
    field.value.text = text;
    field.length = length;
    return field;
}

/** A NUL-terminated string; null if `text` is NULL. */
static inline logrtc_field logrtc_text(const char *name, const char *text) {
    return logrtc_text_n(name, text, text ? strlen(text) : 0);
}

/**
 * A JSON value, NUL-terminated. Text that is not JSON is logged as a string, and the call returns
 * LOGRTC_REPAIRED.
 */
static inline logrtc_field logrtc_json(const char *name, const char *json) {
    logrtc_field field = logrtc_text(name, json);
    field.kind = LOGRTC_FIELD_JSON;
    return field;
}

/**
 * An object: logrtc_object("user", LOGRTC_FIELDS(logrtc_int("id", 7))). Fields are nested at most
 * 32 deep.
 */
static inline logrtc_field logrtc_object(const char *name, const logrtc_field *fields, size_t count) {
    logrtc_field field = logrtc_make_field(name, LOGRTC_FIELD_OBJECT);
    field.value.fields = fields;
    field.length = count;
    return field;
}

/**
 * An array. The names of its elements are ignored and may be NULL. Fields are nested at most 32
 * deep.
 */
static inline logrtc_field logrtc_array(const char *name, const logrtc_field *elements, size_t count) {
    logrtc_field field = logrtc_object(name, elements, count);
    field.kind = LOGRTC_FIELD_ARRAY;
    return field;
}

#ifndef __cplusplus
/**
 * Fields and their number, for logrtc_log_fields(), logrtc_object() and logrtc_array():
 *
 *     logrtc_log_fields(producer, LOGRTC_WARN, "shop.db", "slow query",
 *                       LOGRTC_FIELDS(logrtc_int("duration_ms", 812), logrtc_text("table", table)), NULL);
 *
 * They live until the end of the block. For fields whose number is only known at run time, pass an
 * array and its length.
 */
#define LOGRTC_FIELDS(...)                                                                                             \
    (const logrtc_field[]){__VA_ARGS__}, (sizeof((const logrtc_field[]){__VA_ARGS__}) / sizeof(logrtc_field))
#endif

#ifdef __cplusplus
}
#endif

#endif /* LOGRTC_H */
