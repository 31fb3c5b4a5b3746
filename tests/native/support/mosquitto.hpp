// A real Mosquitto with a listener for each transport, on ports that the system picks.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "support/authority.hpp"
#include "support/scratch_directory.hpp"

namespace wsmq::native::test {

class Mosquitto {
public:
    /// Waits until it runs; throws where it does not. `settings`: further lines of mosquitto.conf.
    explicit Mosquitto(std::string settings = {});
    ~Mosquitto();
    Mosquitto(const Mosquitto&) = delete;
    Mosquitto& operator=(const Mosquitto&) = delete;

    /// Ends it in order, which saves its sessions, and starts it on the same ports.
    void restart();
    /// Of "mqtt", "mqtts", "ws", "wss" or "mqtt+unix".
    [[nodiscard]] std::string url(const std::string& scheme) const;
    /// A listener with TLS that demands a certificate of the authority.
    [[nodiscard]] std::string demanding_url() const;
    [[nodiscard]] Authority& authority() noexcept { return authority_; }
    /// Whether it runs or how it has ended, and the end of its log, for the message of a failed test.
    [[nodiscard]] std::string report();

private:
    [[nodiscard]] std::string configuration();
    [[nodiscard]] bool start();
    void stop();
    [[nodiscard]] bool is_running();
    [[nodiscard]] std::string log() const;

    std::string settings_;
    Authority authority_;
    ScratchDirectory directory_;
    std::vector<std::uint16_t> ports_;
    pid_t process_ = -1;
    int status_ = 0;  ///< of the process that has ended last
};

}  // namespace wsmq::native::test
