// Uses the messaging layer from outside: names, and the topics that they stand in.
#include <string>

#include "wsmq/messaging/names.hpp"

int main() {
    const auto uid = wsmq::messaging::make_uid("acme", "ann", wsmq::messaging::make_rand(4711));
    if (!uid) return 1;
    const wsmq::messaging::Topics topics{wsmq::messaging::default_root};
    return topics.status(*uid).find(*uid) != std::string::npos ? 0 : 1;
}
