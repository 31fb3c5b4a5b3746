// Messages out of a bare socket, encoded by hand: as many as go at QoS 0, a window of them at QoS 1, and a last one at
// QoS 1 whose acknowledgement says that all have arrived.
#pragma once
#include "socket.hpp"

namespace bench {

class Sender {
public:
    Sender(const Socket& socket, const Parameters& parameters)
        : socket_{socket}, parameters_{parameters}, payloads_{parameters.size}, schedule_{parameters.duration} {}

    /// Returns how many were sent before the last one, or ends the program.
    std::uint32_t run(Inbox& inbox) {
        while (!schedule_.is_over()) {
            out_.clear();
            if (parameters_.qos == 0) {
                while (out_.size() < (64u << 10) && !schedule_.is_over()) append_publish(out_, 0, payloads_.next());
            } else {
                for (; in_flight_ < parameters_.window && !schedule_.is_over(); ++in_flight_) {
                    append_publish(out_, next_identifier(), payloads_.next());
                }
            }
            if (!out_.empty()) socket_.write(out_);
            if (parameters_.qos != 0 && in_flight_ >= parameters_.window) await_acknowledgements(inbox);
        }
        out_.clear();
        append_publish(out_, next_identifier(), payloads_.last());
        socket_.write(out_);
        ++in_flight_;
        while (in_flight_ > 0) await_acknowledgements(inbox);
        return payloads_.count();
    }

private:
    unsigned next_identifier() { return identifier_ = identifier_ % 65'535 + 1; }

    void await_acknowledgements(Inbox& inbox) {
        if (!socket_.read(inbox)) fail("the receiver hung up");
        inbox.drain([&](const Packet& packet) {
            if (packet.type == PacketType::puback) --in_flight_;
        });
    }

    const Socket& socket_;
    Parameters parameters_;
    Payloads payloads_;
    Schedule schedule_;
    Buffer out_;
    std::size_t in_flight_ = 0;
    unsigned identifier_ = 0;
};

/// Compares the messages that come out of a bare socket, and acknowledges those that ask for it at once, with one write
/// for each read.
class Receiver {
public:
    Receiver(const Socket& socket, std::size_t size) : socket_{socket}, checker_{size} {}

    /// Whether a packet was a PUBLISH.
    bool receive(const Packet& packet) {
        if (packet.type != PacketType::publish) return false;
        const Publish message = read_publish(packet);
        done_ = checker_.check(message.topic, data_topic, message.payload, message.size) || done_;
        if (message.packet_identifier != 0) {
            append(out_, {0x40, 2, message.packet_identifier >> 8, message.packet_identifier & 0xff});
        }
        return true;
    }
    void acknowledge() {
        if (!out_.empty()) socket_.write(out_);
        out_.clear();
    }
    [[nodiscard]] bool is_done() const { return done_; }
    [[nodiscard]] const Checker& checker() const { return checker_; }

private:
    const Socket& socket_;
    Checker checker_;
    Buffer out_;
    bool done_ = false;
};

}  // namespace bench
