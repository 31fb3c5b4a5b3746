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
    /// Waits until it listens; throws where it does not. `settings`: further lines of mosquitto.conf.
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

private:
    [[nodiscard]] std::string configuration();
    [[nodiscard]] bool start();
    void stop();
    [[nodiscard]] bool listens() const;

    std::string settings_;
    Authority authority_;
    ScratchDirectory directory_;
    std::vector<std::uint16_t> ports_;
    pid_t process_ = -1;
};

}  // namespace wsmq::native::test
