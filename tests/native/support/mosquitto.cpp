#include "support/mosquitto.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "support/loop.hpp"
#include "support/scripted_server.hpp"

namespace wsmq::native::test {
namespace {

struct Listener {
    const char* scheme;
    bool websocket;
    bool tls;
    bool demanding;
};
constexpr std::array listeners{Listener{"mqtt", false, false, false}, Listener{"mqtts", false, true, false},
                               Listener{"ws", true, false, false}, Listener{"wss", true, true, false},
                               Listener{"mqtts", false, true, true}};

constexpr int attempts = 3;  // a port that was free may be somebody else's by the time that Mosquitto binds it

}  // namespace

Mosquitto::Mosquitto(std::string settings) : settings_{std::move(settings)} {
    for (int attempt = 0; attempt < attempts; ++attempt) {
        ports_ = unused_ports(listeners.size());
        if (start()) return;
        stop();
    }
    throw std::runtime_error{"Mosquitto does not start. " + report()};
}

Mosquitto::~Mosquitto() { stop(); }

void Mosquitto::restart() {
    stop();
    if (!start()) throw std::runtime_error{"Mosquitto does not start again. " + report()};
}

std::string Mosquitto::configuration() {
    const auto files = authority_.issue({});
    std::string text =
        "per_listener_settings false\nallow_anonymous true\nuser root\nset_tcp_nodelay true\nlog_dest "
        "stderr\nmax_queued_messages 0\n"
        "persistence true\npersistence_location " +
        directory_.path().string() + "/\n" + settings_ + "listener 0 " + directory_.file("socket") + "\n";
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        const auto& [scheme, websocket, tls, demanding] = listeners[i];
        // Without the family, Mosquitto 2.0 passes over the address of a WebSocket listener.
        text += "listener " + std::to_string(ports_[i]) + " 127.0.0.1\nsocket_domain ipv4\n";
        text += std::string{"protocol "} + (websocket ? "websockets\n" : "mqtt\n");
        if (tls) text += "certfile " + files.certificate + "\nkeyfile " + files.private_key + "\n";
        if (demanding) text += "cafile " + authority_.file() + "\nrequire_certificate true\n";
    }
    return text;
}

bool Mosquitto::start() {
    const auto file = directory_.file("mosquitto.conf");
    std::ofstream{file} << configuration();
    const auto log_file = directory_.file("log");
    std::filesystem::remove(log_file);  // of the process before this one
    process_ = fork();
    if (process_ == 0) {
        const int descriptor = open(log_file.c_str(), O_WRONLY | O_CREAT, 0600);
        dup2(descriptor, STDOUT_FILENO);
        dup2(descriptor, STDERR_FILENO);
        // Debian keeps servers in a directory that a user's PATH lacks.
        for (const auto* program : {"mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"}) {
            execlp(program, program, "-c", file.c_str(), nullptr);
        }
        _exit(127);
    }
    const auto end = std::chrono::steady_clock::now() + patience;
    while (is_running() && std::chrono::steady_clock::now() < end) {
        // That its ports can be connected to says nothing: somebody else may have been given one, and it is about to
        // end.
        if (log().find(" running\n") != std::string::npos) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return false;
}

bool Mosquitto::is_running() {
    if (process_ > 0 && waitpid(process_, &status_, WNOHANG) == process_) process_ = -1;
    return process_ > 0;
}

void Mosquitto::stop() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, &status_, 0);
    process_ = -1;
}

std::string Mosquitto::log() const {
    std::ifstream file{directory_.file("log")};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string Mosquitto::report() {
    constexpr std::size_t length = 4'000;
    auto last = log();
    if (last.size() > length) last.erase(0, last.size() - length);
    std::string state = "Mosquitto runs";
    if (!is_running()) {
        state = WIFSIGNALED(status_) ? "Signal " + std::to_string(WTERMSIG(status_)) + " has ended Mosquitto"
                                     : "Mosquitto has ended with exit code " + std::to_string(WEXITSTATUS(status_));
    }
    return state + ". Its log ends:\n" + last;
}

std::string Mosquitto::url(const std::string& scheme) const {
    if (scheme == "mqtt+unix") return scheme + "://" + directory_.file("socket");
    const auto* found =
        std::find_if(listeners.begin(), listeners.end(), [&](const auto& each) { return each.scheme == scheme; });
    const auto index = static_cast<std::size_t>(found - listeners.begin());
    return scheme + "://localhost:" + std::to_string(ports_.at(index)) + (found->websocket ? "/ws_mqtt" : "");
}

std::string Mosquitto::demanding_url() const { return "mqtts://localhost:" + std::to_string(ports_.back()); }

}  // namespace wsmq::native::test
