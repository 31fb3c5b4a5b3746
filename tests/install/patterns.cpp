// Uses the messaging layer from outside: names, and the topics that they stand in.
#include <string>

#include "wsmq/patterns/names.hpp"

int main() {
    const auto uid = wsmq::patterns::make_uid("acme", "ann", wsmq::patterns::make_rand(4711));
    if (!uid) return 1;
    const wsmq::patterns::Topics topics{wsmq::patterns::default_root};
    return topics.status(*uid).find(*uid) != std::string::npos ? 0 : 1;
}
