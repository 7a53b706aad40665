// The shortest program, whose end closes its producer: short_cpp URL CLIENT_ID. An empty CLIENT_ID is not set.

#include <logrtc.hpp>

int main(int argc, char **argv) {
    if (argc != 3) {
        return 2;
    }
    auto options = *argv[2] ? logrtc::Options(argv[2]) : logrtc::Options();
    options.url(argv[1]).clear_ice_servers().close_timeout(std::chrono::seconds(5));
    auto producer = logrtc::Producer::connect(std::move(options));
    return producer && producer->info(argv[2], "here") ? 0 : 1;
}
