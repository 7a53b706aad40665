// The C++ face: fields, results, callbacks, moves, and the sink for spdlog.

#include <logrtc.hpp>
#include <logrtc_spdlog.hpp>

#include <atomic>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <spdlog/spdlog.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            std::fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, logrtc_last_error()); \
            std::exit(1);                                                                                              \
        }                                                                                                              \
    } while (0)

using namespace std::chrono_literals;

static logrtc::Options local() {
    return logrtc::Options("cpp").url("ws://127.0.0.1:9").clear_ice_servers().environment(false);
}

enum Unscoped { none, some };
enum class Scoped : unsigned char { one = 1 };

template <class Value> inline constexpr bool is_value = std::is_constructible_v<logrtc::Field, const char *, Value>;

// No pointer becomes `true`.
static_assert(!is_value<void *> && !is_value<const int *> && !is_value<int (*)()> && !is_value<std::string *>);
static_assert(!is_value<bool *> && !is_value<const signed char *> && !is_value<const wchar_t *>);
static_assert(is_value<const unsigned char *> && is_value<char *> && is_value<Unscoped> && is_value<Scoped>);
static_assert(is_value<bool> && is_value<float> && is_value<char> && is_value<std::uint8_t> && is_value<std::size_t>);
static_assert(is_value<std::optional<std::string>> && is_value<std::vector<bool>::reference> == false);

static void every_kind_of_field_is_taken() {
    auto producer = *logrtc::Producer::connect(local());
    std::uint64_t logged = 0;
    const auto taken = [&](const logrtc::Fields &fields) {
        logged++;
        return bool(producer.info("cpp", "m", fields));
    };
    const std::string owned = "o";
    const std::vector<logrtc::Field> at_run_time = {{"a", 1}, {"b", owned}};
    const std::map<std::string, int> numbers = {{"one", 1}};
    const std::vector<std::pair<std::string, std::string>> pairs = {{"k", "v"}};
    const std::unordered_map<std::string, std::optional<double>> maybe = {{"half", 0.5}, {"none", std::nullopt}};
    CHECK(taken({{"rows", 10}, {"id", "a"}, {"enum", some}, {"scoped", Scoped::one}, {"no", nullptr}, {"yes", true}}));
    CHECK(taken({{"view", std::string_view()}, {"column", reinterpret_cast<const unsigned char *>("c")}}));
    CHECK(taken(at_run_time) && taken(numbers) && taken(pairs) && taken(maybe) && taken({}));
    CHECK(taken({logrtc::Field::object("user", {{"id", 7}, logrtc::Field::array("roles", {{"", "a"}, {"", 1}})})}));
    CHECK(taken({{"raw", logrtc::Raw{"[1]"}}}));
    CHECK(producer.stats().accepted == logged);
    CHECK(producer.info("cpp", "m", {{"raw", logrtc::Raw{"[1"}}}).code() == LOGRTC_REPAIRED);
    CHECK(producer.log(static_cast<logrtc::Level>(9), {}, {}).code() == LOGRTC_REPAIRED);
    CHECK(producer.stats().accepted == logged + 2);
}

static void a_refusal_says_why() {
    auto refused = logrtc::Producer::connect(logrtc::Options("").environment(false));
    CHECK(!refused && refused.status().code() == LOGRTC_INVALID_ARGUMENT);
    CHECK(refused.error() == "client_id: must not be empty");
    auto nameless = logrtc::Producer::connect(local().interface("lo").interface(""));
    CHECK(!nameless && nameless.error() == "interfaces: must not be empty");
    logrtc::Options used = local();
    CHECK(logrtc::Producer::connect(std::move(used)));
    CHECK(logrtc::Producer::connect(std::move(used)).status().code() == LOGRTC_INVALID_ARGUMENT);
    auto level = logrtc::Producer::connect(local().level(static_cast<logrtc::Level>(9)).version(""));
    CHECK(!level && level.error().rfind("level: 9", 0) == 0);
}

static void a_producer_moves_and_ends() {
    std::atomic<int> states{0}, events{0};
    auto connected = logrtc::Producer::connect(local()
                                                   .on_state([&](logrtc::State) {
                                                       states++;
                                                       throw std::runtime_error("stays in the callback");
                                                   })
                                                   .on_event([&](const logrtc::Event &event) {
                                                       events += event.kind() == logrtc::EventKind::state &&
                                                                 logrtc::to_string(event.state())[0] != 'u';
                                                       throw std::runtime_error("stays in the callback");
                                                   }));
    CHECK(connected);
    logrtc::Producer first = *std::move(connected);
    logrtc::Producer producer = std::move(first);
    CHECK(first.info("t", "m").code() == LOGRTC_INVALID_ARGUMENT);
    CHECK(producer.info("cpp", "m", {{"rows", 10}, {"id", "a"}}));
    CHECK(producer.log(logrtc::Level::error, "cpp", "m", {}, logrtc::Span{"s", "t", {}}));
    CHECK(producer.send("{}").code() == LOGRTC_INVALID_ARGUMENT);
    CHECK(producer.set_filter("warn,cpp.db=debug"));
    CHECK(!producer.enabled(logrtc::Level::info, "cpp") && producer.enabled(logrtc::Level::debug, "cpp.db"));
    CHECK(producer.info("cpp", "m", {{"not", "encoded"}}));
    CHECK(producer.flush(1s));
    CHECK(producer.stats().accepted == 2 && producer.stats().filtered == 1);
    CHECK(producer.count_filtered() && producer.stats().filtered == 2);
    while (states == 0 || events == 0) {
    }
    CHECK(producer.close());
    CHECK(producer.stats().accepted == 2);
    CHECK(producer.close().code() == LOGRTC_CLOSED && producer.state() == logrtc::State::closed);
}

static void a_missing_server_is_reported() {
    std::atomic<int> warnings{0};
    auto producer = *logrtc::Producer::connect(local().on_diagnostics([&](logrtc::Level level, std::string_view text) {
        warnings += level == logrtc::Level::warn && text.find("ws://127.0.0.1:9/") != std::string_view::npos;
    }));
    while (warnings == 0) {
    }
    CHECK(producer.last_error().find("refused") != std::string::npos);
    CHECK(producer.wait_for_consumer(1ms).code() == LOGRTC_TIMEOUT);
    CHECK(producer.close());
    CHECK(producer.wait_for_consumer(1h).code() == LOGRTC_CLOSED);
    // A timeout of its own, and the name of the program.
    CHECK(logrtc::Producer::connect(logrtc::Options().environment(false).disabled(true).close_timeout(1s).close_at_exit(false)));
}

static void spdlog_has_a_sink() {
    auto producer = std::make_shared<logrtc::Producer>(*logrtc::Producer::connect(local()));
    spdlog::logger logger("shop", std::make_shared<logrtc::SpdlogSink>(producer));
    logger.set_level(spdlog::level::trace);
    logger.trace("a {}", 1);
    logger.critical("b \"{}\"", "quoted");
    SPDLOG_LOGGER_WARN(&logger, "with its source");
    logger.flush();
    CHECK(producer->stats().accepted == 3);
    CHECK(producer->set_filter("shop=off"));
    logger.info("filtered");
    CHECK(producer->stats().accepted == 3 && producer->stats().filtered == 1);
}

int main() {
    every_kind_of_field_is_taken();
    a_refusal_says_why();
    a_producer_moves_and_ends();
    a_missing_server_is_reported();
    spdlog_has_a_sink();
    std::puts("cpp: as it should be");
}
