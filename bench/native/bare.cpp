// The limit: a socket that writes messages which are encoded by hand, or reads and compares them.
#include "bare_ends.hpp"

namespace {

using namespace bench;

void await(const Socket& socket, Inbox& inbox, PacketType type) {
    for (bool arrived = false; !arrived;) {
        if (!socket.read(inbox)) fail("the broker hung up");
        inbox.drain([&](const Packet& packet) { arrived = arrived || packet.type == type; });
    }
}

void receive(const Socket& socket, Inbox& inbox, const Parameters& parameters) {
    Receiver receiver{socket, parameters.size};
    Meter meter;
    bool subscribed = false;
    socket.write(subscribe_packet(data_topic, parameters.qos));
    while (!receiver.is_done()) {
        if (!socket.read(inbox)) fail("the broker hung up");
        inbox.drain([&](const Packet& packet) {
            if (receiver.receive(packet) || packet.type != PacketType::suback || subscribed) return;
            subscribed = true;
            meter.start();
            tell_ready();
        });
        receiver.acknowledge();
    }
    meter.report(receiver.checker().count(), receiver.checker().wrong());
}

}  // namespace

int main(int argc, char** argv) {
    const Parameters parameters = bench::parameters(argc, argv);
    const Socket socket{Socket::connected(parameters.port)};
    Inbox inbox;
    socket.write(connect_packet(parameters.role));
    await(socket, inbox, PacketType::connack);
    if (parameters.role == "receive") {
        receive(socket, inbox, parameters);
    } else {
        Meter meter;
        meter.start();
        meter.report(Sender{socket, parameters}.run(inbox));
    }
    socket.write({0xe0, 0});
    return 0;
}
