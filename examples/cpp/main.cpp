// The C++ example of the protocol: a program that logs to every browser that comes.

#include <csignal>
#include <iostream>
#include <logrtc.hpp>

int main() {
    // Before connect, so that its threads leave the signals to this one.
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    sigprocmask(SIG_BLOCK, &interrupts, nullptr);

    auto producer =
        logrtc::Producer::connect(logrtc::Options("cpp_app").system_name("C++ Application").version("1.0.0"));
    if (!producer) {
        std::cerr << producer.error() << '\n';
        return 1;
    }
    producer->info("cpp_app.main", "C++应用程序启动");

    int signal; // The program's own work; its log is in the browser as long as it runs.
    sigwait(&interrupts, &signal);
}
