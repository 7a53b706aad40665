// The sink for spdlog, with the values of its MDC: spdlog URL. Waits for a consumer, logs, and ends.

#include <logrtc.hpp>
#include <logrtc_spdlog.hpp>

#include <iostream>
#include <spdlog/spdlog.h>

#ifndef LOGRTC_SPDLOG_MDC
#error "no spdlog/mdc.h"
#endif

int main(int argc, char **argv) {
    if (argc != 2) {
        return 2;
    }
    auto connected = logrtc::Producer::connect(logrtc::Options("spdlog").url(argv[1]).clear_ice_servers());
    if (!connected) {
        std::cerr << connected.error() << '\n';
        return 1;
    }
    auto producer = std::make_shared<logrtc::Producer>(*std::move(connected));
    if (!producer->wait_for_consumer(std::chrono::minutes(1))) {
        return 1;
    }
    spdlog::logger logger("shop", std::make_shared<logrtc::SpdlogSink>(producer));
    logger.set_level(spdlog::level::trace);
    spdlog::mdc::put("request", "r\"1");
    spdlog::mdc::put("user", "7");
    logger.trace("with {}", "MDC");
    spdlog::mdc::remove("user");
    logger.log(spdlog::source_loc{"shop.cpp", 12, "buy"}, spdlog::level::warn, "less");
    spdlog::mdc::clear();
    logger.critical("none");
}
