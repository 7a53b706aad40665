/*
 * An spdlog sink:
 *
 *     auto connected = logrtc::Producer::connect(logrtc::Options("checkout"));
 *     if (!connected) { std::cerr << connected.error() << '\n'; return 1; }
 *     auto producer = std::make_shared<logrtc::Producer>(*std::move(connected));
 *     spdlog::default_logger()->sinks().push_back(std::make_shared<logrtc::SpdlogSink>(producer));
 *
 * The name of the logger is the target ("spdlog" if it has none). The message is the logged text
 * without spdlog's pattern, and the time is that of the log call, also with an asynchronous logger.
 *
 * The values of spdlog::mdc (spdlog 1.14 or newer) become fields. They belong to the thread that
 * logs: an asynchronous logger loses them, as spdlog's own pattern %& does.
 */

#ifndef LOGRTC_SPDLOG_HPP
#define LOGRTC_SPDLOG_HPP

#include <logrtc.hpp>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <vector>

#if __has_include(<spdlog/mdc.h>) && !defined(SPDLOG_NO_TLS)
#include <spdlog/mdc.h>
#define LOGRTC_SPDLOG_MDC
#endif

namespace logrtc {

/** trace becomes debug and critical becomes error; the field "level_name" has the original name. */
template <class Mutex> class BasicSpdlogSink final : public spdlog::sinks::base_sink<Mutex> {
  public:
    /**
     * A flush of the logger waits for the consumers, at most for `flush_timeout`. The default is
     * not to wait, because a logger that flushes on errors would wait at each error.
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
        std::vector<Field> fields;
        fields.emplace_back("thread.id", message.thread_id);
        if (message.level == spdlog::level::trace || message.level == spdlog::level::critical) {
            fields.emplace_back("level_name", message.level == spdlog::level::trace ? "TRACE" : "CRITICAL");
        }
        if (!message.source.empty()) {
            fields.emplace_back("code.file.path", message.source.filename);
            fields.emplace_back("code.line.number", message.source.line);
            fields.emplace_back("code.function.name", message.source.funcname ? message.source.funcname : "");
        }
#ifdef LOGRTC_SPDLOG_MDC
        for (const auto &[name, value] : spdlog::mdc::get_context()) {
            fields.emplace_back(name, value);
        }
#endif
        const std::string_view text = view(message.payload);
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(message.time.time_since_epoch());
        const Fields passed(fields);
        logrtc_log_fields_at_n(producer_->handle(), since.count(), static_cast<int>(level), target.data(),
                               target.size(), text.data(), text.size(), passed.data(), passed.size(), nullptr);
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
/** For a logger that only one thread uses. */
using SpdlogSinkSt = BasicSpdlogSink<spdlog::details::null_mutex>;

} // namespace logrtc

#endif
