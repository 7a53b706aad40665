// Static objects that end with the process, before and after it closes what is open: exit_cpp URL CLIENT_ID.
//
// Waits for a line on standard input, which says that the first entry has arrived; with no URL (""), for nothing. Says
// "entries N", as exit.c does.

#include <logrtc.hpp>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            std::fprintf(stderr, "%s:%d: %s (last error: %s)\n", __FILE__, __LINE__, #condition, logrtc_last_error()); \
            std::_Exit(1);                                                                                             \
        }                                                                                                              \
    } while (0)

static std::atomic<int> entries{0}, states{0};

static logrtc::Producer connect(const std::string &url, const std::string &client_id) {
    auto producer = logrtc::Producer::connect(logrtc::Options(client_id)
                                                  .url(url.empty() ? "ws://127.0.0.1:9" : url)
                                                  .clear_ice_servers()
                                                  .close_timeout(std::chrono::seconds(30))
                                                  .on_state([](logrtc::State) { states++; })
                                                  .on_diagnostics([](logrtc::Level, std::string_view) {}));
    CHECK(producer);
    return *std::move(producer);
}

// Constructed before the first producer, so it ends when everything is closed.
static struct Late {
    std::optional<logrtc::Producer> producer;

    ~Late() {
        CHECK(producer->info("exit", "late").code() == LOGRTC_CLOSED);
        CHECK(producer->stats().after_close == 1 && producer->state() == logrtc::State::closed);
        CHECK(producer->close().code() == LOGRTC_CLOSED);
    }
} late;

// A thread-local object ends before the static ones.
struct Local {
    logrtc::Producer *producer = nullptr;

    ~Local() {
        if (producer) {
            CHECK(producer->info("exit", "entry", {{"number", entries.load()}}));
            entries++;
        }
    }
};
static thread_local Local local;

int main(int argc, char **argv) {
    CHECK(argc == 3);
    const std::string url = argv[1], client_id = argv[2];
    late.producer = connect(url, client_id);
    auto &producer = *late.producer;
    local.producer = &producer;

    // Constructed after the first producer, so these end before it is closed.
    static struct Early {
        ~Early() {
            CHECK(late.producer->info("exit", "entry", {{"number", entries.load()}}));
            std::cout << "entries " << ++entries << std::endl;
        }
    } early;
    static logrtc::Producer another = connect(url, client_id + "-another");
    // Has callbacks to wait for, on a thread without its thread-local data.
    static struct Closer {
        ~Closer() { CHECK(another.close()); }
    } closer;

    // So that this thread has thread-local data of the library, which it loses before static objects end.
    CHECK(connect(url, client_id + "-first").close());

    std::string line;
    for (int i = 0; i < 100; i++) {
        CHECK(producer.info("exit", "entry", {{"number", i}}));
        CHECK(i != 0 || url.empty() || std::getline(std::cin, line));
        entries++;
    }
    CHECK(another.info("exit", "entry", {{"number", 0}}));
    while (states == 0) {
        std::this_thread::yield();
    }
}
