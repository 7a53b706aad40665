// The C++ face: fields, results, callbacks, moves, and the sink for spdlog.

#include <logrtc.hpp>
#include <logrtc_spdlog.hpp>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <stdexcept>
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

static std::string encoded(logrtc::Fields fields) {
    logrtc::Json json;
    const char *between = "{";
    for (const auto &field : fields) {
        field.write(json.raw(between));
        between = ",";
    }
    return std::string(json.raw("}").view());
}

static void fields_are_json() {
    const std::string owned = "o", longer(1000, 'x');
    CHECK(encoded({{"rows", 10}, {"id", "a"}}) == R"({"rows":10,"id":"a"})");
    CHECK(encoded({{"a\"b", owned}, {"view", std::string_view("v")}, {"no", nullptr}, {"yes", true}}) ==
          R"({"a\"b":"o","view":"v","no":null,"yes":true})");
    CHECK(encoded({{"small", std::numeric_limits<long long>::min()}, {"big", ~0ULL}, {"half", 0.5}, {"f", 2.5f}}) ==
          R"({"small":-9223372036854775808,"big":18446744073709551615,"half":0.5,"f":2.5})");
    CHECK(encoded({{"nan", std::nan("")}, {"inf", -INFINITY}}) == R"({"nan":"NaN","inf":"-Infinity"})");
    CHECK(encoded({{"control", std::string_view("\n\0\\", 3)}}) == "{\"control\":\"\\u000a\\u0000\\\\\"}");
    CHECK(encoded({{"list", logrtc::Raw{"[1]"}}}) == R"({"list":[1]})");
    CHECK(encoded({{"long", longer}, {"after", 1}}) == "{\"long\":\"" + longer + "\",\"after\":1}");
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
    std::atomic<int> states{0};
    auto connected = logrtc::Producer::connect(local().on_state([&](logrtc::State) {
        states++;
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
    while (states == 0) {
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
    fields_are_json();
    a_refusal_says_why();
    a_producer_moves_and_ends();
    a_missing_server_is_reported();
    spdlog_has_a_sink();
    std::puts("cpp: as it should be");
}
