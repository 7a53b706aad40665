/*
 * logrtc for C++17, header only: the C library in types that end by themselves.
 *
 *     auto producer = logrtc::Producer::connect(logrtc::Options("checkout").version("1.4.0"));
 *     if (!producer) { std::cerr << producer.error() << '\n'; return 1; }
 *     producer->info("checkout.http", "listening", {{"port", 8080}, {"host", "localhost"}});
 *
 * What holds for every function of logrtc.h holds here. No function throws, but for std::bad_alloc.
 */

#ifndef LOGRTC_HPP
#define LOGRTC_HPP

#include <logrtc.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace logrtc {

enum class Level { debug = LOGRTC_DEBUG, info = LOGRTC_INFO, warn = LOGRTC_WARN, error = LOGRTC_ERROR };

enum class State {
    connecting = LOGRTC_STATE_CONNECTING,
    registered = LOGRTC_STATE_REGISTERED,
    reconnecting = LOGRTC_STATE_RECONNECTING,
    abandoned = LOGRTC_STATE_ABANDONED,
    closed = LOGRTC_STATE_CLOSED,
    disabled = LOGRTC_STATE_DISABLED,
};

enum class Overflow {
    drop_oldest = LOGRTC_OVERFLOW_DROP_OLDEST,
    drop_newest = LOGRTC_OVERFLOW_DROP_NEWEST,
    block = LOGRTC_OVERFLOW_BLOCK,
};

/** What a call answers: LOGRTC_OK, or why not. True where it is LOGRTC_OK. May be ignored, as logging often is. */
class Status {
  public:
    constexpr Status(logrtc_status code = LOGRTC_OK) noexcept : code_(code) {}
    constexpr explicit operator bool() const noexcept { return code_ == LOGRTC_OK; }
    constexpr logrtc_status code() const noexcept { return code_; }
    /** Its name, such as "invalid argument". */
    const char *name() const noexcept { return logrtc_status_string(code_); }

  private:
    logrtc_status code_;
};

/** A value, or the status and the text of why there is none. */
template <class T> class Result {
  public:
    Result(T value) : value_(std::move(value)) {}
    Result(Status status, std::string error) : status_(status), error_(std::move(error)) {}

    explicit operator bool() const noexcept { return value_.has_value(); }
    Status status() const noexcept { return status_; }
    const std::string &error() const noexcept { return error_; }
    /** Only where there is a value. */
    T &operator*() & noexcept { return *value_; }
    T &&operator*() && noexcept { return *std::move(value_); }
    T *operator->() noexcept { return &*value_; }

  private:
    Status status_;
    std::string error_;
    std::optional<T> value_;
};

/** JSON text in the making, on the stack as long as it is short. */
class Json {
  public:
    Json() = default;
    Json(const Json &) = delete;
    Json &operator=(const Json &) = delete;

    std::string_view view() const noexcept {
        return long_.empty() ? std::string_view(short_, length_) : std::string_view(long_);
    }

    Json &raw(std::string_view text) {
        if (long_.empty() && length_ + text.size() <= sizeof short_) {
            text.copy(short_ + length_, text.size());
            length_ += text.size();
        } else {
            if (long_.empty()) {
                long_.reserve(2 * (length_ + text.size()));
                long_.assign(short_, length_);
            }
            long_.append(text);
        }
        return *this;
    }

    Json &string(std::string_view text) {
        raw("\"");
        std::size_t copied = 0;
        for (std::size_t at = 0; at < text.size(); at++) {
            const auto byte = static_cast<unsigned char>(text[at]);
            if (byte >= 0x20 && byte != '"' && byte != '\\') {
                continue;
            }
            raw(text.substr(copied, at - copied));
            copied = at + 1;
            char escape[8];
            const bool quoted = byte == '"' || byte == '\\';
            const int length = quoted ? std::snprintf(escape, sizeof escape, "\\%c", byte)
                                      : std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(byte));
            raw({escape, static_cast<std::size_t>(length)});
        }
        return raw(text.substr(copied)).raw("\"");
    }

    template <class Integer> Json &integer(Integer number) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        return raw({digits, static_cast<std::size_t>(end - digits)});
    }

    /** NaN and the infinities, for which JSON has no number, become strings. */
    Json &number(double number) {
        if (!std::isfinite(number)) {
            return string(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
        char digits[32];
#if defined(__cpp_lib_to_chars)
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        return raw({digits, static_cast<std::size_t>(end - digits)});
#else
        return raw({digits, static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%.17g", number))});
#endif
    }

  private:
    char short_[256];
    std::size_t length_ = 0;
    std::string long_;
};

/** JSON that is written as it is: `{"items", logrtc::Raw{"[1,2]"}}`. */
struct Raw {
    std::string_view json;
};

/** One field: a name, and a value that is only looked at during the call. */
class Field {
  public:
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer> && std::is_signed_v<Integer>, int> = 0>
    Field(std::string_view name, Integer value) noexcept : name_(name), kind_(Kind::signed_), signed_integer_(value) {}
    template <class Integer, std::enable_if_t<std::is_integral_v<Integer> && std::is_unsigned_v<Integer>, int> = 0>
    Field(std::string_view name, Integer value) noexcept
        : name_(name), kind_(Kind::unsigned_), unsigned_integer_(value) {}
    Field(std::string_view name, bool value) noexcept : name_(name), kind_(Kind::boolean), unsigned_integer_(value) {}
    Field(std::string_view name, double value) noexcept : name_(name), kind_(Kind::number), number_(value) {}
    Field(std::string_view name, std::string_view value) noexcept : name_(name), kind_(Kind::text), text_(value) {}
    Field(std::string_view name, const std::string &value) noexcept : Field(name, std::string_view(value)) {}
    Field(std::string_view name, const char *value) noexcept
        : name_(name), kind_(value ? Kind::text : Kind::null), text_(value ? value : "") {}
    Field(std::string_view name, std::nullptr_t) noexcept : name_(name), kind_(Kind::null), signed_integer_(0) {}
    Field(std::string_view name, Raw value) noexcept : name_(name), kind_(Kind::raw), text_(value.json) {}

    void write(Json &json) const {
        json.string(name_).raw(":");
        switch (kind_) {
        case Kind::signed_:
            json.integer(signed_integer_);
            break;
        case Kind::unsigned_:
            json.integer(unsigned_integer_);
            break;
        case Kind::boolean:
            json.raw(unsigned_integer_ ? "true" : "false");
            break;
        case Kind::number:
            json.number(number_);
            break;
        case Kind::text:
            json.string(text_);
            break;
        case Kind::raw:
            json.raw(text_);
            break;
        case Kind::null:
            json.raw("null");
            break;
        }
    }

  private:
    enum class Kind { signed_, unsigned_, boolean, number, text, raw, null };
    std::string_view name_;
    Kind kind_;
    union {
        long long signed_integer_;
        unsigned long long unsigned_integer_;
        double number_;
        std::string_view text_;
    };
};

using Fields = std::initializer_list<Field>;

/** Where an entry stands in a distributed trace. An empty id is left out. */
struct Span {
    std::string id, trace_id, parent_id;
};

using StateCallback = std::function<void(State)>;
using DiagnosticsCallback = std::function<void(Level, std::string_view)>;

/**
 * The options of a producer; each has a default, which logrtc.h names.
 *
 * Producer::connect reports the first value that is wrong. Callbacks run on a thread of logrtc; an exception that leaves one
 * is dropped.
 */
class Options {
  public:
    /** The producer registers under the name of the program. */
    Options() : options_(logrtc_options_new()), callbacks_(new Callbacks) {
        note(options_ ? LOGRTC_OK : LOGRTC_INTERNAL);
    }
    explicit Options(std::string_view client_id) : Options() {
        if (options_) {
            note(logrtc_options_set_client_id_n(get(), client_id.data(), client_id.size()));
        }
    }

    Options &url(std::string_view url) & { return note(logrtc_options_set_url_n(get(), url.data(), url.size())); }
    Options &system_name(std::string_view name) & {
        return note(logrtc_options_set_system_name_n(get(), name.data(), name.size()));
    }
    Options &version(std::string_view version) & {
        return note(logrtc_options_set_version_n(get(), version.data(), version.size()));
    }
    Options &description(std::string_view description) & {
        return note(logrtc_options_set_description_n(get(), description.data(), description.size()));
    }
    Options &token(std::string_view token) & {
        return note(logrtc_options_set_token_n(get(), token.data(), token.size()));
    }
    Options &ca_file(std::string_view path) & {
        return note(logrtc_options_set_ca_file_n(get(), path.data(), path.size()));
    }
    Options &level(Level level) & { return note(logrtc_options_set_level(get(), static_cast<int>(level))); }
    Options &filter(std::string_view filter) & {
        return note(logrtc_options_set_filter_n(get(), filter.data(), filter.size()));
    }
    Options &max_entries(std::size_t entries) & { return note(logrtc_options_set_max_entries(get(), entries)); }
    Options &max_bytes(std::size_t bytes) & { return note(logrtc_options_set_max_bytes(get(), bytes)); }
    Options &max_entry_bytes(std::size_t bytes) & { return note(logrtc_options_set_max_entry_bytes(get(), bytes)); }
    Options &overflow(Overflow overflow, std::chrono::milliseconds limit = {}) & {
        return note(logrtc_options_set_overflow(get(), static_cast<int>(overflow), milliseconds(limit)));
    }
    /** LOGRTC_REPLAY_ALL, LOGRTC_REPLAY_NONE, or a number of the newest entries. */
    Options &replay(std::int64_t replay) & { return note(logrtc_options_set_replay(get(), replay)); }
    Options &reconnect_interval(std::chrono::milliseconds interval) & {
        return note(logrtc_options_set_reconnect_interval_ms(get(), milliseconds(interval)));
    }
    Options &max_reconnect_interval(std::chrono::milliseconds interval) & {
        return note(logrtc_options_set_max_reconnect_interval_ms(get(), milliseconds(interval)));
    }
    Options &reconnect_jitter(double jitter) & { return note(logrtc_options_set_reconnect_jitter(get(), jitter)); }
    /** At least 1, or -1 for no end. */
    Options &max_reconnect_attempts(std::int64_t attempts) & {
        return note(logrtc_options_set_max_reconnect_attempts(get(), attempts));
    }
    Options &max_consumers(std::size_t consumers) & {
        return note(logrtc_options_set_max_consumers(get(), consumers));
    }
    Options &disabled(bool disabled) & { return note(logrtc_options_set_disabled(get(), disabled)); }
    Options &environment(bool environment) & { return note(logrtc_options_set_environment(get(), environment)); }
    Options &fork(bool fork) & { return note(logrtc_options_set_fork(get(), fork)); }
    Options &ice_server(const std::string &url, const std::string &username = {}, const std::string &credential = {}) & {
        return note(logrtc_options_add_ice_server(get(), url.c_str(), username.c_str(), credential.c_str()));
    }
    /** Adds a network interface over which consumers connect, by name or by address. */
    Options &interface(std::string_view interface) & {
        return note(logrtc_options_add_interface_n(get(), interface.data(), interface.size()));
    }
    /** How long the end of a producer, and exit(), may take to deliver what was logged; 2 s by default. */
    Options &close_timeout(std::chrono::milliseconds timeout) & {
        close_timeout_ = timeout;
        return note(logrtc_options_set_close_timeout_ms(get(), milliseconds(timeout)));
    }
    /** Whether exit() closes the producer if it is still open. */
    Options &close_at_exit(bool close) & { return note(logrtc_options_set_close_at_exit(get(), close)); }
    Options &clear_ice_servers() & { return note(logrtc_options_clear_ice_servers(get())); }
    Options &on_state(StateCallback callback) & {
        callbacks_->state = std::move(callback);
        return *this;
    }
    /** Receives the diagnostics; by default, warnings go to standard error. */
    Options &on_diagnostics(DiagnosticsCallback callback) & {
        callbacks_->diagnostics = std::move(callback);
        return *this;
    }

#define LOGRTC_CHAINED(setter)                                                                                         \
    template <class... Values> Options &&setter(Values &&...values) && {                                               \
        return std::move(static_cast<Options &>(*this).setter(std::forward<Values>(values)...));                       \
    }
    LOGRTC_CHAINED(url)
    LOGRTC_CHAINED(system_name)
    LOGRTC_CHAINED(version)
    LOGRTC_CHAINED(description)
    LOGRTC_CHAINED(token)
    LOGRTC_CHAINED(ca_file)
    LOGRTC_CHAINED(level)
    LOGRTC_CHAINED(filter)
    LOGRTC_CHAINED(max_entries)
    LOGRTC_CHAINED(max_bytes)
    LOGRTC_CHAINED(max_entry_bytes)
    LOGRTC_CHAINED(overflow)
    LOGRTC_CHAINED(replay)
    LOGRTC_CHAINED(reconnect_interval)
    LOGRTC_CHAINED(max_reconnect_interval)
    LOGRTC_CHAINED(reconnect_jitter)
    LOGRTC_CHAINED(max_reconnect_attempts)
    LOGRTC_CHAINED(max_consumers)
    LOGRTC_CHAINED(disabled)
    LOGRTC_CHAINED(environment)
    LOGRTC_CHAINED(fork)
    LOGRTC_CHAINED(ice_server)
    LOGRTC_CHAINED(interface)
    LOGRTC_CHAINED(close_timeout)
    LOGRTC_CHAINED(close_at_exit)
    LOGRTC_CHAINED(clear_ice_servers)
    LOGRTC_CHAINED(on_state)
    LOGRTC_CHAINED(on_diagnostics)
#undef LOGRTC_CHAINED

  private:
    friend class Producer;

    struct Callbacks {
        StateCallback state;
        DiagnosticsCallback diagnostics;
    };

    struct Free {
        void operator()(logrtc_options *options) const noexcept { logrtc_options_free(options); }
    };

    logrtc_options *get() const noexcept { return options_.get(); }

    static std::uint64_t milliseconds(std::chrono::milliseconds time) noexcept {
        return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
    }

    /** The first refusal is the one that connect tells. */
    Options &note(Status status) {
        if (status_ && !status) {
            status_ = status;
            error_ = options_ ? logrtc_last_error() : "no memory";
        }
        return *this;
    }

    std::unique_ptr<logrtc_options, Free> options_;
    /** Its address is what the C library gets, and stays when the options or the producer move. */
    std::unique_ptr<Callbacks> callbacks_;
    std::chrono::milliseconds close_timeout_ = std::chrono::seconds(2);
    Status status_;
    std::string error_;
};

/**
 * A producer. Can be moved, and used by many threads at once. Its destructor closes it, within the close_timeout of its
 * options. A static one may end after exit() has closed it: its calls return LOGRTC_CLOSED then.
 *
 * One that was moved from is none: its calls answer LOGRTC_INVALID_ARGUMENT. It must not end in one of its own callbacks;
 * close() may be called there.
 */
class Producer {
  public:
    /** Starts a producer, and returns at once: it connects, registers and reconnects by itself. */
    static Result<Producer> connect(Options options) {
        if (!options.callbacks_ && options.status_) {
            return {LOGRTC_INVALID_ARGUMENT, "options: were moved from"};
        }
        if (!options.status_) {
            return {options.status_, std::move(options.error_)};
        }
        auto *callbacks = options.callbacks_.get();
        if (callbacks->state) {
            options.note(logrtc_options_set_state_callback(options.get(), tell_state, callbacks));
        }
        if (callbacks->diagnostics) {
            options.note(logrtc_options_set_diagnostics_callback(options.get(), tell_diagnostics, callbacks));
        }
        logrtc_producer *handle = nullptr;
        if (const Status status = logrtc_connect(options.get(), &handle); !status) {
            return {status, logrtc_last_error()};
        }
        return Producer(handle, std::move(options.callbacks_), options.close_timeout_);
    }

    Producer(Producer &&other) noexcept
        : handle_(std::exchange(other.handle_, nullptr)), callbacks_(std::move(other.callbacks_)),
          close_timeout_(other.close_timeout_) {}
    Producer &operator=(Producer &&other) noexcept {
        if (this != &other) {
            end();
            handle_ = std::exchange(other.handle_, nullptr);
            callbacks_ = std::move(other.callbacks_);
            close_timeout_ = other.close_timeout_;
        }
        return *this;
    }
    ~Producer() { end(); }

    Status debug(std::string_view target, std::string_view message, Fields fields = {}) const {
        return log(Level::debug, target, message, fields);
    }
    Status info(std::string_view target, std::string_view message, Fields fields = {}) const {
        return log(Level::info, target, message, fields);
    }
    Status warn(std::string_view target, std::string_view message, Fields fields = {}) const {
        return log(Level::warn, target, message, fields);
    }
    Status error(std::string_view target, std::string_view message, Fields fields = {}) const {
        return log(Level::error, target, message, fields);
    }

    /** Logs an entry; the fields are only encoded where it is wanted. Never waits on the network. */
    Status log(Level level, std::string_view target, std::string_view message, Fields fields = {}) const {
        return log(level, target, message, fields, nullptr);
    }

    Status log(Level level, std::string_view target, std::string_view message, Fields fields, const Span &span) const {
        const auto id = [](const std::string &text) { return text.empty() ? nullptr : text.c_str(); };
        const logrtc_span ids = {sizeof(logrtc_span), id(span.id), id(span.trace_id), id(span.parent_id)};
        return log(level, target, message, fields, &ids);
    }

    /** Logs a whole entry, a JSON object. */
    Status send(std::string_view json) const { return logrtc_send_n(handle_, json.data(), json.size()); }

    bool enabled(Level level, std::string_view target) const noexcept {
        return logrtc_enabled_n(handle_, static_cast<int>(level), target.data(), target.size()) != 0;
    }

    Status set_level(Level level) const { return logrtc_set_level(handle_, static_cast<int>(level)); }
    Status set_filter(std::string_view filter) const {
        return logrtc_set_filter_n(handle_, filter.data(), filter.size());
    }

    /** Counts an entry that enabled() said no to, and that was therefore never made. */
    Status count_filtered() const { return logrtc_count_filtered(handle_); }

    /** Waits until a consumer is connected. LOGRTC_TIMEOUT if none is. */
    Status wait_for_consumer(std::chrono::milliseconds timeout) const {
        return logrtc_wait_for_consumer(handle_, Options::milliseconds(timeout));
    }

    /** Waits until every connected consumer has what was logged before the call; `pending` is what the slowest lacks. */
    Status flush(std::chrono::milliseconds timeout, std::uint64_t *pending = nullptr) const {
        return logrtc_flush(handle_, Options::milliseconds(timeout), pending);
    }

    /** Delivers what is logged, and ends it. Afterwards every call returns LOGRTC_CLOSED, and no callback runs. */
    Status close(std::chrono::milliseconds timeout = std::chrono::seconds(2)) const {
        return logrtc_close(handle_, Options::milliseconds(timeout));
    }

    State state() const noexcept {
        int state = LOGRTC_STATE_CLOSED;
        logrtc_get_state(handle_, &state);
        return static_cast<State>(state);
    }

    /** Why the signaling server cannot be reached, or its last complaint; empty if it takes the producer. */
    std::string last_error() const {
        std::string text;
        std::size_t length = 0;
        // Again if another text has taken its place meanwhile.
        while (logrtc_get_server_error(handle_, text.data(), text.empty() ? 0 : text.size() + 1, &length) == LOGRTC_OK &&
               length > text.size()) {
            text.resize(length);
        }
        text.resize(length);
        return text;
    }

    logrtc_stats stats() const noexcept {
        logrtc_stats stats = LOGRTC_STATS_INIT;
        logrtc_get_stats(handle_, &stats);
        return stats;
    }

    /** For the functions of logrtc.h. Still owned by the producer. */
    logrtc_producer *handle() const noexcept { return handle_; }

  private:
    Producer(logrtc_producer *handle, std::unique_ptr<Options::Callbacks> callbacks,
             std::chrono::milliseconds close_timeout) noexcept
        : handle_(handle), callbacks_(std::move(callbacks)), close_timeout_(close_timeout) {}

    Status log(Level level, std::string_view target, std::string_view message, Fields fields,
               const logrtc_span *span) const {
        const int number = static_cast<int>(level);
        if (!enabled(level, target)) {
            return logrtc_count_filtered(handle_);
        }
        if (fields.size() == 0) {
            return logrtc_log_n(handle_, number, target.data(), target.size(), message.data(), message.size(), nullptr,
                                0, span);
        }
        Json json;
        const char *between = "{";
        for (const Field &field : fields) {
            field.write(json.raw(between));
            between = ",";
        }
        const std::string_view text = json.raw("}").view();
        return logrtc_log_n(handle_, number, target.data(), target.size(), message.data(), message.size(), text.data(),
                            text.size(), span);
    }

    void end() noexcept {
        if (handle_) {
            logrtc_close(handle_, Options::milliseconds(close_timeout_));
        }
    }

    /* What a callback throws must not pass through C. */
    static void tell_state(int state, void *callbacks) noexcept {
        try {
            static_cast<Options::Callbacks *>(callbacks)->state(static_cast<State>(state));
        } catch (...) {
        }
    }
    static void tell_diagnostics(int level, const char *message, void *callbacks) noexcept {
        try {
            static_cast<Options::Callbacks *>(callbacks)->diagnostics(static_cast<Level>(level), message);
        } catch (...) {
        }
    }

    logrtc_producer *handle_;
    /** Where the callbacks are; gone only after the close, when none runs any more. */
    std::unique_ptr<Options::Callbacks> callbacks_;
    std::chrono::milliseconds close_timeout_;
};

} // namespace logrtc

#endif
