// What a log call costs the thread that logs, against an spdlog asynchronous logger in the same run.
//
// Both get the same entry: a level, a name, a message, two fields. spdlog runs as a service would: one worker, a queue of
// 65 536, the oldest overrun, so that neither ever waits for room. It is measured with a null sink and with a file, and
// the cheaper one is the peer: with a null sink the worker is asleep whenever the call comes and has to be woken, with a
// file it takes time from the thread that logs. Of use on an idle machine with two cores alone: where the worker gets no
// core, nobody disturbs the thread that logs.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <logrtc.h>
#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/null_sink.h>

namespace {

constexpr int calls = 200'000;
constexpr int rounds = 9;
constexpr double most_of_peer = 0.6;
constexpr double most_filtered_ns = 20;

double nanoseconds_per_call(const std::function<void()> &loop) {
    const auto start = std::chrono::steady_clock::now();
    loop();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / calls;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

logrtc_producer *connect() {
    logrtc_options *options = logrtc_options_new();
    logrtc_options_set_client_id(options, "bench");
    logrtc_options_set_url(options, "ws://127.0.0.1:9");
    logrtc_options_clear_ice_servers(options);
    logrtc_options_set_environment(options, 0);
    logrtc_options_set_level(options, LOGRTC_INFO);
    logrtc_producer *producer = nullptr;
    if (logrtc_connect(options, &producer) != LOGRTC_OK) {
        std::fprintf(stderr, "%s\n", logrtc_last_error());
        std::exit(1);
    }
    logrtc_options_free(options);
    return producer;
}

std::shared_ptr<spdlog::logger> asynchronous(const char *name, spdlog::sink_ptr sink,
                                             std::shared_ptr<spdlog::details::thread_pool> pool) {
    return std::make_shared<spdlog::async_logger>(name, std::move(sink), std::move(pool),
                                                  spdlog::async_overflow_policy::overrun_oldest);
}

} // namespace

int main() {
    logrtc_producer *producer = connect();
    auto null_pool = std::make_shared<spdlog::details::thread_pool>(65'536, 1);
    auto file_pool = std::make_shared<spdlog::details::thread_pool>(65'536, 1);
    auto null_logger = asynchronous("null", std::make_shared<spdlog::sinks::null_sink_mt>(), null_pool);
    auto file_logger = asynchronous(
        "file", std::make_shared<spdlog::sinks::basic_file_sink_mt>("/dev/null"), file_pool);

    const auto with_logrtc = [&] {
        for (int i = 0; i < calls; i++) {
            char fields[64];
            std::snprintf(fields, sizeof fields, "{\"rows\":%d,\"id\":\"a1b2c3\"}", i);
            logrtc_log(producer, LOGRTC_INFO, "shop.orders", "query done", fields, nullptr);
        }
    };
    const auto with_constant_fields = [&] {
        for (int i = 0; i < calls; i++) {
            logrtc_log(producer, LOGRTC_INFO, "shop.orders", "query done", "{\"rows\":10,\"id\":\"a1b2c3\"}", nullptr);
        }
    };
    const auto filtered = [&] {
        for (int i = 0; i < calls; i++) {
            logrtc_log(producer, LOGRTC_DEBUG, "shop.orders", "query done", "{\"rows\":10,\"id\":\"a1b2c3\"}", nullptr);
        }
    };
    const auto with_spdlog = [&](spdlog::logger &logger) {
        return [&] {
            for (int i = 0; i < calls; i++) {
                logger.info("query done rows={} id={}", i, "a1b2c3");
            }
        };
    };

    // What one left to its worker is not to cost the next one.
    const auto drain = [&] {
        while (null_pool->queue_size() + file_pool->queue_size() > 0) {
            std::this_thread::yield();
        }
    };

    struct measured {
        const char *name;
        std::function<void()> loop;
        std::vector<double> rounds;
    };
    measured all[] = {{"logrtc_log, two fields", with_constant_fields, {}},
                      {"logrtc_log, two fields, formatted", with_logrtc, {}},
                      {"logrtc_log, filtered out", filtered, {}},
                      {"spdlog async, null sink", with_spdlog(*null_logger), {}},
                      {"spdlog async, file sink", with_spdlog(*file_logger), {}}};
    // The first round warms up.
    for (int round = 0; round <= rounds; round++) {
        for (auto &one : all) {
            // One turn through its ring brings back the memory that the others took from the caches.
            one.loop();
            drain();
            const double cost = nanoseconds_per_call(one.loop);
            if (round > 0) {
                one.rounds.push_back(cost);
            }
            drain();
        }
    }
    for (const auto &one : all) {
        std::printf("%-36s %7.1f ns\n", one.name, median(one.rounds));
    }
    logrtc_close(producer, 0);

    const double peer = std::min(median(all[3].rounds), median(all[4].rounds));
    const double ratio = median(all[0].rounds) / peer;
    const double off = median(all[2].rounds);
    std::printf("logrtc_log / the cheaper spdlog: %.2f (at most %.2f); filtered out: %.1f ns (at most %.0f)\n", ratio,
                most_of_peer, off, most_filtered_ns);
    return ratio <= most_of_peer && off <= most_filtered_ns ? 0 : 1;
}
