// MQTT 5 properties as they are given on a command line: `-D packet name value`, with the names that
// users of mosquitto_pub know.
#pragma once
#include <string>
#include <vector>

#include "wsmq/options.hpp"
#include "wsmq/property.hpp"

namespace wsmq::command {

struct PropertyArguments {
    PropertyWriter connect;
    PropertyWriter will;
    PropertyWriter publish;
    PropertyWriter subscribe;
    PropertyWriter unsubscribe;
    bool any = false;

    /// `words`: "packet", "name", "value", and a second value for a user property, over and over.
    /// What ConnectOptions has a field for is written into `options`. Throws UsageError.
    static PropertyArguments parse(const std::vector<std::string>& words, ConnectOptions& options);
};

}  // namespace wsmq::command
