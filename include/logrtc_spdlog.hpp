/*
 * An spdlog sink:
 *
 *     auto connected = logrtc::Producer::connect(logrtc::Options("checkout"));
 *     if (!connected) { std::cerr << connected.error() << '\n'; return 1; }
 *     auto producer = std::make_shared<logrtc::Producer>(*std::move(connected));
 *     spdlog::default_logger()->sinks().push_back(std::make_shared<logrtc::SpdlogSink>(producer));
 *
 * The logger's name is the target, "spdlog" where it has none; the message is what was logged, without spdlog's pattern,
 * and its time is when it was logged, behind an asynchronous logger too.
 */

#ifndef LOGRTC_SPDLOG_HPP
#define LOGRTC_SPDLOG_HPP

#include <logrtc.hpp>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>

namespace logrtc {

/** The levels of spdlog: trace is debug, critical is error, and either keeps its name in the field `level_name`. */
template <class Mutex> class BasicSpdlogSink final : public spdlog::sinks::base_sink<Mutex> {
  public:
    /**
     * A flush of the logger waits for the consumers, but no longer than `flush_timeout`: by default not at all, for a logger
     * that flushes on errors would make each of them wait.
     */
    explicit BasicSpdlogSink(std::shared_ptr<Producer> producer,
                             std::chrono::milliseconds flush_timeout = std::chrono::milliseconds::zero())
        : producer_(std::move(producer)), flush_timeout_(flush_timeout) {}

  private:
    void sink_it_(const spdlog::details::log_msg &message) override {
        const auto level = level_of(message.level);
        const std::string_view target = message.logger_name.size() == 0 ? "spdlog" : view(message.logger_name);
        if (!producer_->enabled(level, target)) {
            producer_->count_filtered();
            return;
        }
        Json json;
        json.raw("{\"thread.id\":").integer(static_cast<unsigned long long>(message.thread_id));
        if (message.level == spdlog::level::trace || message.level == spdlog::level::critical) {
            json.raw(",\"level_name\":").raw(message.level == spdlog::level::trace ? "\"TRACE\"" : "\"CRITICAL\"");
        }
        if (!message.source.empty()) {
            json.raw(",\"code.file.path\":").string(message.source.filename);
            json.raw(",\"code.line.number\":").integer(message.source.line);
            json.raw(",\"code.function.name\":").string(message.source.funcname ? message.source.funcname : "");
        }
        const std::string_view fields = json.raw("}").view(), text = view(message.payload);
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(message.time.time_since_epoch());
        logrtc_log_at_n(producer_->handle(), since.count(), static_cast<int>(level), target.data(), target.size(), text.data(),
                     text.size(), fields.data(), fields.size(), nullptr);
    }

    void flush_() override {
        if (flush_timeout_ > std::chrono::milliseconds::zero()) {
            producer_->flush(flush_timeout_);
        }
    }

    static Level level_of(spdlog::level::level_enum level) noexcept {
        switch (level) {
        case spdlog::level::trace:
        case spdlog::level::debug:
            return Level::debug;
        case spdlog::level::warn:
            return Level::warn;
        case spdlog::level::err:
        case spdlog::level::critical:
            return Level::error;
        default:
            return Level::info;
        }
    }

    static std::string_view view(spdlog::string_view_t text) noexcept { return {text.data(), text.size()}; }

    std::shared_ptr<Producer> producer_;
    std::chrono::milliseconds flush_timeout_;
};

using SpdlogSink = BasicSpdlogSink<std::mutex>;
/** For loggers that one thread uses. */
using SpdlogSinkSt = BasicSpdlogSink<spdlog::details::null_mutex>;

} // namespace logrtc

#endif
