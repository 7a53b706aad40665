/*
 * logrtc for C++17: a header-only wrapper of logrtc.h whose types clean up after themselves.
 *
 *     auto producer = logrtc::Producer::connect(logrtc::Options("checkout").version("1.4.0"));
 *     if (!producer) { std::cerr << producer.error() << '\n'; return 1; }
 *     producer->info("checkout.http", "listening", {{"port", 8080}, {"host", "localhost"}});
 *
 * The rules at the top of logrtc.h apply. No function throws, except for std::bad_alloc.
 */

#ifndef LOGRTC_HPP
#define LOGRTC_HPP

#include <logrtc.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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

/** The kind of an event. Ignore a kind that you do not know. */
enum class EventKind {
    state = LOGRTC_EVENT_STATE,
    consumer_connected = LOGRTC_EVENT_CONSUMER_CONNECTED,
    consumer_disconnected = LOGRTC_EVENT_CONSUMER_DISCONNECTED,
    consumer_refused = LOGRTC_EVENT_CONSUMER_REFUSED,
    server_error = LOGRTC_EVENT_SERVER_ERROR,
};

/** Why a connection to a consumer ended. */
enum class EndReason {
    closed_by_consumer = LOGRTC_END_CLOSED_BY_CONSUMER,
    left = LOGRTC_END_LEFT,
    replaced = LOGRTC_END_REPLACED,
    open_timeout = LOGRTC_END_OPEN_TIMEOUT,
    stalled = LOGRTC_END_STALLED,
    path_lost = LOGRTC_END_PATH_LOST,
    flooded = LOGRTC_END_FLOODED,
    failed = LOGRTC_END_FAILED,
    producer_closed = LOGRTC_END_PRODUCER_CLOSED,
    proof_refused = LOGRTC_END_PROOF_REFUSED,
};

/** The name of a state, such as "registered". */
inline const char *to_string(State state) noexcept { return logrtc_state_string(static_cast<int>(state)); }
/** The name of a reason, such as "path_lost". */
inline const char *to_string(EndReason reason) noexcept { return logrtc_end_reason_string(static_cast<int>(reason)); }

/**
 * An event of a producer. Valid until the callback returns. `kind()` says which of the others are
 * set.
 */
class Event {
  public:
    explicit Event(const logrtc_event &event) noexcept : event_(&event) {}
    EventKind kind() const noexcept { return static_cast<EventKind>(event_->kind); }
    State state() const noexcept { return static_cast<State>(event_->state); }
    EndReason reason() const noexcept { return static_cast<EndReason>(event_->reason); }
    std::string_view consumer_id() const noexcept { return event_->consumer_id ? event_->consumer_id : ""; }
    std::string_view message() const noexcept { return event_->message ? event_->message : ""; }
    /** All members, with the counts of a consumer. */
    const logrtc_event &raw() const noexcept { return *event_; }

  private:
    const logrtc_event *event_;
};

/** The result of a call: true if it is LOGRTC_OK. May be ignored, as a log call's often is. */
class Status {
  public:
    constexpr Status(logrtc_status code = LOGRTC_OK) noexcept : code_(code) {}
    constexpr explicit operator bool() const noexcept { return code_ == LOGRTC_OK; }
    constexpr logrtc_status code() const noexcept { return code_; }
    /** The name of the status, such as "invalid argument". */
    const char *name() const noexcept { return logrtc_status_string(code_); }

  private:
    logrtc_status code_;
};

/** A value, or the status and the text of an error. */
template <class T> class Result {
  public:
    Result(T value) : value_(std::move(value)) {}
    Result(Status status, std::string error) : status_(status), error_(std::move(error)) {}

    explicit operator bool() const noexcept { return value_.has_value(); }
    Status status() const noexcept { return status_; }
    const std::string &error() const noexcept { return error_; }
    /** Only if there is a value. */
    T &operator*() & noexcept { return *value_; }
    T &&operator*() && noexcept { return *std::move(value_); }
    T *operator->() noexcept { return &*value_; }

  private:
    Status status_;
    std::string error_;
    std::optional<T> value_;
};

/**
 * A JSON value, logged as it is: `{"items", logrtc::Raw{"[1,2]"}}`. Text that is not JSON is logged
 * as a string.
 */
struct Raw {
    std::string_view json;
};

class Fields;

namespace detail {
template <class Value> inline constexpr bool is_integer = std::is_integral_v<Value> && !std::is_same_v<Value, bool>;
template <class Value>
inline constexpr bool is_character = std::is_same_v<Value, char> || std::is_same_v<Value, unsigned char>;
} // namespace detail

/**
 * A field: a name and a value. It points to the name and the text of the value, which must live
 * until the log call returns.
 *
 * A value is a bool, an integer, an enum (its number), a floating-point number, text, nullptr, a
 * std::optional of these, or Raw. A pointer to anything but characters does not compile.
 */
class Field {
  public:
    template <class Integer, std::enable_if_t<detail::is_integer<Integer> && std::is_signed_v<Integer>, int> = 0>
    Field(std::string_view name, Integer value) noexcept : Field(name, Kind{LOGRTC_FIELD_INT}) {
        field_.value.integer = value;
    }
    template <class Integer, std::enable_if_t<detail::is_integer<Integer> && std::is_unsigned_v<Integer>, int> = 0>
    Field(std::string_view name, Integer value) noexcept : Field(name, Kind{LOGRTC_FIELD_UINT}) {
        field_.value.unsigned_integer = value;
    }
    /* A template, because a pointer converts to bool. */
    template <class Bool, std::enable_if_t<std::is_same_v<Bool, bool>, long> = 0>
    Field(std::string_view name, Bool value) noexcept : Field(name, Kind{LOGRTC_FIELD_BOOL}) {
        field_.value.integer = value;
    }
    template <class Enum, std::enable_if_t<std::is_enum_v<Enum>, char> = 0>
    Field(std::string_view name, Enum value) noexcept : Field(name, number_of(value)) {}
    template <class Float, std::enable_if_t<std::is_floating_point_v<Float>, short> = 0>
    Field(std::string_view name, Float value) noexcept : Field(name, Kind{LOGRTC_FIELD_DOUBLE}) {
        field_.value.number = static_cast<double>(value);
    }
    Field(std::string_view name, std::string_view value) noexcept : Field(name, Kind{LOGRTC_FIELD_TEXT}) { text(value); }
    Field(std::string_view name, const std::string &value) noexcept : Field(name, std::string_view(value)) {}
    template <class Character, std::enable_if_t<detail::is_character<std::remove_const_t<Character>>, int> = 0>
    Field(std::string_view name, Character *value) noexcept : Field(name, Kind{LOGRTC_FIELD_NULL}) {
        if (value) {
            field_.kind = LOGRTC_FIELD_TEXT;
            text(reinterpret_cast<const char *>(value));
        }
    }
    template <class Object, std::enable_if_t<!detail::is_character<std::remove_const_t<Object>>, int> = 0>
    Field(std::string_view name, Object *value) = delete;
    Field(std::string_view name, std::nullptr_t) noexcept : Field(name, Kind{LOGRTC_FIELD_NULL}) {}
    Field(std::string_view name, std::nullopt_t) noexcept : Field(name, Kind{LOGRTC_FIELD_NULL}) {}
    template <class Value>
    Field(std::string_view name, const std::optional<Value> &value) noexcept
        : Field(value ? Field(name, *value) : Field(name, nullptr)) {}
    Field(std::string_view name, Raw value) noexcept : Field(name, Kind{LOGRTC_FIELD_JSON}) { text(value.json); }

    /** An object: `logrtc::Field::object("user", {{"id", 7}, {"name", name}})`. */
    static Field object(std::string_view name, const Fields &members) noexcept;
    /**
     * An array; the names of its elements are ignored: `logrtc::Field::array("ids", {{"", 7}, {"",
     * 8}})`.
     */
    static Field array(std::string_view name, const Fields &elements) noexcept;

  private:
    friend class Fields;
    struct Kind {
        int kind;
    };

    Field(std::string_view name, Kind kind) noexcept : field_{name.data(), name.size(), {}, 0, kind.kind} {}

    template <class Enum> static constexpr auto number_of(Enum value) noexcept {
        using Number = std::underlying_type_t<Enum>;
        if constexpr (std::is_signed_v<Number>) {
            return static_cast<std::int64_t>(value);
        } else {
            return static_cast<std::uint64_t>(value);
        }
    }

    void text(std::string_view value) noexcept {
        field_.value.text = value.data() ? value.data() : "";
        field_.length = value.size();
    }

    logrtc_field field_;
};

static_assert(sizeof(Field) == sizeof(logrtc_field) && std::is_standard_layout_v<Field>, "fields are passed to C");

/**
 * The fields of an entry: a list in braces, a std::vector<Field> or std::array<Field, N>, or a map
 * or a vector of pairs from names to values. It points to them, so they must live until the log
 * call returns.
 */
class Fields {
  public:
    Fields() noexcept = default;
    Fields(const Field *fields, std::size_t size) noexcept : data_(fields), size_(size) {}
    Fields(std::initializer_list<Field> fields) noexcept : Fields(fields.begin(), fields.size()) {}
    /** What holds fields side by side: std::vector<Field>, std::array<Field, N>. */
    template <class Container, std::enable_if_t<std::is_same_v<typename Container::value_type, Field>, int> = 0>
    Fields(const Container &fields) noexcept : Fields(fields.data(), fields.size()) {}
    /**
     * What holds pairs of a name and a value: std::map<std::string, T>,
     * std::vector<std::pair<std::string, T>>.
     */
    template <class Container, std::enable_if_t<!std::is_same_v<typename Container::value_type, Field>, int> = 0,
              class = decltype(Field(std::declval<const Container &>().begin()->first,
                                     std::declval<const Container &>().begin()->second))>
    Fields(const Container &pairs) {
        own_.reserve(pairs.size());
        for (const auto &[name, value] : pairs) {
            own_.emplace_back(name, value);
        }
        data_ = own_.data();
        size_ = own_.size();
    }
    Fields(const Fields &) = delete;
    Fields &operator=(const Fields &) = delete;

    /** For the functions of logrtc.h. */
    const logrtc_field *data() const noexcept { return data_ ? &data_->field_ : nullptr; }
    std::size_t size() const noexcept { return size_; }

  private:
    std::vector<Field> own_;
    const Field *data_ = nullptr;
    std::size_t size_ = 0;
};

inline Field Field::object(std::string_view name, const Fields &members) noexcept {
    Field field(name, Kind{LOGRTC_FIELD_OBJECT});
    field.field_.value.fields = members.data();
    field.field_.length = members.size();
    return field;
}

inline Field Field::array(std::string_view name, const Fields &elements) noexcept {
    Field field = object(name, elements);
    field.field_.kind = LOGRTC_FIELD_ARRAY;
    return field;
}

/** The place of an entry in a distributed trace. An empty id is left out. */
struct Span {
    std::string id, trace_id, parent_id;
};

using StateCallback = std::function<void(State)>;
using EventCallback = std::function<void(const Event &)>;
using DiagnosticsCallback = std::function<void(Level, std::string_view)>;

/**
 * The options of a producer. Each has a default; see logrtc.h.
 *
 * Producer::connect reports the first invalid value. Callbacks run on a thread of logrtc;
 * exceptions that they throw are ignored.
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
    Options &secret(std::string_view secret) & {
        return note(logrtc_options_set_secret_n(get(), secret.data(), secret.size()));
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
    /**
     * LOGRTC_REPLAY_ALL, LOGRTC_REPLAY_NONE, or the number of the newest entries that a new
     * consumer receives.
     */
    Options &replay(std::int64_t replay) & { return note(logrtc_options_set_replay(get(), replay)); }
    Options &reconnect_interval(std::chrono::milliseconds interval) & {
        return note(logrtc_options_set_reconnect_interval_ms(get(), milliseconds(interval)));
    }
    Options &max_reconnect_interval(std::chrono::milliseconds interval) & {
        return note(logrtc_options_set_max_reconnect_interval_ms(get(), milliseconds(interval)));
    }
    Options &reconnect_jitter(double jitter) & { return note(logrtc_options_set_reconnect_jitter(get(), jitter)); }
    /** At least 1, or -1 for no limit. */
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
    /** The UDP ports over which consumers connect. */
    Options &udp_ports(std::uint16_t first, std::uint16_t last) & {
        return note(logrtc_options_set_udp_ports(get(), first, last));
    }
    /** The IP address by which consumers reach this host, for example behind a port forwarding. */
    Options &announced_address(std::string_view address) & {
        return note(logrtc_options_set_announced_address_n(get(), address.data(), address.size()));
    }
    /** Whether consumers connect through a TURN server alone. */
    Options &relay_only(bool relay_only) & { return note(logrtc_options_set_relay_only(get(), relay_only)); }
    /**
     * The time that the destructor, and exit(), may take to deliver the remaining entries. Default:
     * 2 s.
     */
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
    /** Receives each event: states, consumers, errors of the signaling server. */
    Options &on_event(EventCallback callback) & {
        callbacks_->event = std::move(callback);
        return *this;
    }
    /** Receives the diagnostics as text; by default, warnings are written to standard error. */
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
    LOGRTC_CHAINED(secret)
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
    LOGRTC_CHAINED(udp_ports)
    LOGRTC_CHAINED(announced_address)
    LOGRTC_CHAINED(relay_only)
    LOGRTC_CHAINED(close_timeout)
    LOGRTC_CHAINED(close_at_exit)
    LOGRTC_CHAINED(clear_ice_servers)
    LOGRTC_CHAINED(on_state)
    LOGRTC_CHAINED(on_event)
    LOGRTC_CHAINED(on_diagnostics)
#undef LOGRTC_CHAINED

  private:
    friend class Producer;

    struct Callbacks {
        StateCallback state;
        EventCallback event;
        DiagnosticsCallback diagnostics;
    };

    struct Free {
        void operator()(logrtc_options *options) const noexcept { logrtc_options_free(options); }
    };

    logrtc_options *get() const noexcept { return options_.get(); }

    static std::uint64_t milliseconds(std::chrono::milliseconds time) noexcept {
        return time.count() < 0 ? 0 : static_cast<std::uint64_t>(time.count());
    }

    /** Keeps the first error, for connect. */
    Options &note(Status status) {
        if (status_ && !status) {
            status_ = status;
            error_ = options_ ? logrtc_last_error() : "no memory";
        }
        return *this;
    }

    std::unique_ptr<logrtc_options, Free> options_;
    /**
     * The C library holds its address, which does not change when the options or the producer move.
     */
    std::unique_ptr<Callbacks> callbacks_;
    std::chrono::milliseconds close_timeout_ = std::chrono::seconds(2);
    Status status_;
    std::string error_;
};

/**
 * A producer. Several threads may use it at once. Its destructor closes it, within the
 * close_timeout of its options. The calls of a static producer that is used after exit() has closed
 * it return LOGRTC_CLOSED.
 *
 * The calls of a producer that was moved from return LOGRTC_INVALID_ARGUMENT. A callback must not
 * destroy its producer; it may call close().
 */
class Producer {
  public:
    /**
     * Starts a producer and returns at once: it connects, registers and reconnects in the
     * background.
     */
    static Result<Producer> connect(Options options) {
        if (!options.callbacks_ && options.status_) {
            return {LOGRTC_INVALID_ARGUMENT, "options: were moved from"};
        }
        if (!options.status_) {
            return {options.status_, std::move(options.error_)};
        }
        auto *callbacks = options.callbacks_.get();
        if (callbacks->state) {
            options.note(logrtc_options_set_state_callback(options.get(), call_state, callbacks));
        }
        if (callbacks->event) {
            options.note(logrtc_options_set_event_callback(options.get(), call_event, callbacks));
        }
        if (callbacks->diagnostics) {
            options.note(logrtc_options_set_diagnostics_callback(options.get(), call_diagnostics, callbacks));
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

    Status debug(std::string_view target, std::string_view message, const Fields &fields = {}) const {
        return log(Level::debug, target, message, fields);
    }
    Status info(std::string_view target, std::string_view message, const Fields &fields = {}) const {
        return log(Level::info, target, message, fields);
    }
    Status warn(std::string_view target, std::string_view message, const Fields &fields = {}) const {
        return log(Level::warn, target, message, fields);
    }
    Status error(std::string_view target, std::string_view message, const Fields &fields = {}) const {
        return log(Level::error, target, message, fields);
    }

    /** Logs an entry. Never waits on the network. */
    Status log(Level level, std::string_view target, std::string_view message, const Fields &fields = {}) const {
        return log(level, target, message, fields, nullptr);
    }

    Status log(Level level, std::string_view target, std::string_view message, const Fields &fields, const Span &span) const {
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

    /** Counts an entry that was skipped because enabled() returned false. */
    Status count_filtered() const { return logrtc_count_filtered(handle_); }

    /** Waits until a consumer is connected. Returns LOGRTC_TIMEOUT if none is. */
    Status wait_for_consumer(std::chrono::milliseconds timeout) const {
        return logrtc_wait_for_consumer(handle_, Options::milliseconds(timeout));
    }

    /**
     * Waits until every connected consumer has all earlier entries; `*pending` is the number that
     * the slowest one lacks.
     */
    Status flush(std::chrono::milliseconds timeout, std::uint64_t *pending = nullptr) const {
        return logrtc_flush(handle_, Options::milliseconds(timeout), pending);
    }

    /**
     * Delivers the remaining entries and ends the producer. Afterwards calls return LOGRTC_CLOSED,
     * and no callback runs.
     */
    Status close(std::chrono::milliseconds timeout = std::chrono::seconds(2)) const {
        return logrtc_close(handle_, Options::milliseconds(timeout));
    }

    State state() const noexcept {
        int state = LOGRTC_STATE_CLOSED;
        logrtc_get_state(handle_, &state);
        return static_cast<State>(state);
    }

    /**
     * The last error of the signaling server, or why it cannot be reached; empty once the producer
     * is registered.
     */
    std::string last_error() const {
        std::string text;
        std::size_t length = 0;
        // Repeats if the text became longer meanwhile.
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

    /** For the functions of logrtc.h. The producer still owns it. */
    logrtc_producer *handle() const noexcept { return handle_; }

  private:
    Producer(logrtc_producer *handle, std::unique_ptr<Options::Callbacks> callbacks,
             std::chrono::milliseconds close_timeout) noexcept
        : handle_(handle), callbacks_(std::move(callbacks)), close_timeout_(close_timeout) {}

    Status log(Level level, std::string_view target, std::string_view message, const Fields &fields,
               const logrtc_span *span) const {
        return logrtc_log_fields_n(handle_, static_cast<int>(level), target.data(), target.size(), message.data(),
                                   message.size(), fields.data(), fields.size(), span);
    }

    void end() noexcept {
        if (handle_) {
            logrtc_close(handle_, Options::milliseconds(close_timeout_));
        }
    }

    /* An exception must not pass through C. */
    static void call_state(int state, void *callbacks) noexcept {
        try {
            static_cast<Options::Callbacks *>(callbacks)->state(static_cast<State>(state));
        } catch (...) {
        }
    }
    static void call_event(const logrtc_event *event, void *callbacks) noexcept {
        try {
            static_cast<Options::Callbacks *>(callbacks)->event(Event(*event));
        } catch (...) {
        }
    }
    static void call_diagnostics(int level, const char *message, void *callbacks) noexcept {
        try {
            static_cast<Options::Callbacks *>(callbacks)->diagnostics(static_cast<Level>(level), message);
        } catch (...) {
        }
    }

    logrtc_producer *handle_;
    /** Destroyed after the close, when no callback runs any more. */
    std::unique_ptr<Options::Callbacks> callbacks_;
    std::chrono::milliseconds close_timeout_;
};

} // namespace logrtc

#endif
