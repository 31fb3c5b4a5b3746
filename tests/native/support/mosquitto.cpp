#include "support/mosquitto.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

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
        ports_.clear();
        for (std::size_t i = 0; i < listeners.size(); ++i) ports_.push_back(unused_port());
        if (start()) return;
        stop();
    }
    std::ifstream log{directory_.file("log")};
    throw std::runtime_error{"Mosquitto does not start: " + std::string{std::istreambuf_iterator<char>{log}, {}}};
}

Mosquitto::~Mosquitto() { stop(); }

void Mosquitto::restart() {
    stop();
    if (!start()) throw std::runtime_error{"Mosquitto does not start again"};
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
    const auto log = directory_.file("log");
    process_ = fork();
    if (process_ == 0) {
        const int descriptor = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(descriptor, STDOUT_FILENO);
        dup2(descriptor, STDERR_FILENO);
        // Debian keeps servers in a directory that a user's PATH lacks.
        for (const auto* program : {"mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"}) {
            execlp(program, program, "-c", file.c_str(), nullptr);
        }
        _exit(127);
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < end) {
        if (waitpid(process_, nullptr, WNOHANG) == process_) {
            process_ = -1;
            return false;
        }
        if (listens()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return false;
}

bool Mosquitto::listens() const {
    return std::all_of(ports_.begin(), ports_.end(), [](std::uint16_t port) {
        boost::asio::io_context context;
        boost::asio::ip::tcp::socket socket{context};
        boost::system::error_code error;
        socket.connect({boost::asio::ip::make_address("127.0.0.1"), port}, error);
        return !error;
    });
}

void Mosquitto::stop() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    process_ = -1;
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
