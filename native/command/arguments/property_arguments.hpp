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

    /// How many words make a property, as far as its first words say: a user property has two values.
    [[nodiscard]] static std::size_t words_of(const std::vector<std::string>& first);

    /// One argument for parse() from the words of a property. Words past the last value are part of it, after a space.
    [[nodiscard]] static std::string join(const std::vector<std::string>& words);

    /// `groups`: "packet", "name", "value", and a second value for a user property, with word_mark between them.
    /// Packets and names are not case-sensitive. Properties with a field in ConnectOptions are written into `options`.
    /// Throws UsageError.
    static PropertyArguments parse(const std::vector<std::string>& groups, ConnectOptions& options);
};

}  // namespace wsmq::command
