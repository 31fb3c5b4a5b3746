// A broker of one connection that costs as little as possible: takes what is published, compares it and acknowledges at
// once; who subscribes is sent messages as fast as the window allows. Prints its port, and at the end what it received.
#include "bare_ends.hpp"

namespace {

using namespace bench;

int accepted() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || listen(listener, 1) != 0) {
        fail("cannot listen");
    }
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("%u\n", ntohs(address.sin_port));
    std::fflush(stdout);
    const int descriptor = accept(listener, nullptr, nullptr);
    if (descriptor < 0) fail("cannot accept");
    close(listener);
    return descriptor;
}

}  // namespace

int main(int argc, char** argv) {
    const Parameters parameters = bench::parameters(argc, argv);
    const Socket socket{accepted()};
    Inbox inbox;
    Receiver receiver{socket, parameters.size};
    while (socket.read(inbox)) {
        bool wanted = false;
        inbox.drain([&](const Packet& packet) {
            if (receiver.receive(packet)) return;
            if (packet.type == PacketType::connect) socket.write({0x20, 2, 0, 0});
            if (packet.type != PacketType::subscribe) return;
            socket.write({0x90, 3, packet.body[0], packet.body[1], static_cast<std::uint8_t>(parameters.qos)});
            wanted = true;
        });
        receiver.acknowledge();
        if (wanted) Sender{socket, parameters}.run(inbox);
    }
    std::printf(R"({"count":%u,"wrong":%u})"
                "\n",
                receiver.checker().count(), receiver.checker().wrong());
    return 0;
}
