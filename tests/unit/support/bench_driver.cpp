// The bench's driver: what moves events and bytes between the client and the script.
#include <array>
#include <ostream>

#include "codec/frame.hpp"
#include "support/bench.hpp"

namespace wsmq::test {

namespace {

constexpr int most_events = 100'000;  // more in one go is an endless loop

}  // namespace

void Bench::settle() {
    drain_events();
    drain_output();
}

void Bench::destroy() {
    client_.reset();
    forget();
}

void Bench::drain_events() {
    for (int i = 0; i < most_events; ++i) {
        const wsmq::Event event = client_->next_event();
        if (std::holds_alternative<NeedInput>(event)) return;
        handle(event);
    }
    ADD_FAILURE() << "the events do not end";
}

void Bench::handle(const wsmq::Event& event) {
    if (std::holds_alternative<CloseTransport>(event)) {
        if (transport_ == Transport::none) ADD_FAILURE() << "there is no transport to close";
        drain_output();
        transport_ = Transport::none;
        hung_up_ = true;
        return;
    }
    const seen::Event copy = seen::copy_of(event);
    if (const auto* wanted = std::get_if<seen::OpenTransport>(&copy)) {
        if (transport_ != Transport::none) ADD_FAILURE() << "the last transport was not closed";
        transport_ = Transport::wanted;
        wanted_ = *wanted;
        return;
    }
    events_.push_back(copy);
}

void Bench::drain_output() {
    while (client_->take_output(output_)) {
        if (output_.empty()) ADD_FAILURE() << "output without a byte";
        if (transport_ != Transport::open) ADD_FAILURE() << "output without a transport: " << hex(output_);
        unread_.insert(unread_.end(), output_.begin(), output_.end());
    }
    if (!output_.empty()) ADD_FAILURE() << "no output, and bytes in the buffer";
    read_packets();
}

void Bench::read_packets() {
    Bytes rest{unread_};
    while (!rest.empty()) {
        const auto result = codec::read_frame(rest, limits::largest_packet);
        if (result.status == codec::FrameResult::Status::incomplete) break;
        const auto packet = result.status == codec::FrameResult::Status::complete
                                ? decode_from_client(result.frame, version_)
                                : std::nullopt;
        if (!packet) {
            ADD_FAILURE() << "the client sent what no packet consists of: " << hex(rest);
            rest = {};
            break;
        }
        packets_.push_back(*packet);
        rest = rest.subspan(result.size);
    }
    unread_.erase(unread_.begin(), unread_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

std::ostream& operator<<(std::ostream& out, Bench::Transport transport) {
    constexpr std::array<std::string_view, 3> names{"none", "wanted", "open"};
    return out << names[static_cast<std::size_t>(transport)];
}

}  // namespace wsmq::test
