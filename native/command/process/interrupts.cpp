#include "process/interrupts.hpp"

#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace wsmq::command {

namespace {

constexpr std::array signals{SIGINT, SIGTERM};

volatile std::sig_atomic_t event = -1;
volatile std::sig_atomic_t last_signal = 0;

extern "C" void handle_signal(int number) {
    const int kept = errno;
    last_signal = number;
    (void)eventfd_write(event, 1);
    errno = kept;
}

int open_event() {
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (event < 0) throw std::system_error{errno, std::generic_category()};
    return event;
}

}  // namespace

Interrupts::Interrupts(boost::asio::io_context& io, std::function<void(int)> handler)
    : arrived_{io, open_event()}, handler_{std::move(handler)} {
    struct sigaction action {};
    action.sa_handler = handle_signal;  // without SA_RESTART: a write that blocks ends
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &former_[i]);
    watch();
}

Interrupts::~Interrupts() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &former_[i], nullptr);
    event = -1;
}

int Interrupts::descriptor() noexcept { return event; }

void Interrupts::watch() {
    arrived_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                        [this](const boost::system::error_code& error) {
                            if (error) return;
                            eventfd_t count = 0;
                            (void)eventfd_read(event, &count);
                            for (; count > 0; --count) handler_(last_signal);
                            watch();
                        });
}

}  // namespace wsmq::command
