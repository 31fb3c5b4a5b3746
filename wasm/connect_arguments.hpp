// The options of connect(), which JavaScript checked and wrote down as fields.
#pragma once
#include <string>
#include <vector>

#include "wsmq/options.hpp"

namespace wsmq::wasm {

struct ConnectArguments {
    ConnectOptions options;
    std::vector<std::string> uris;
    bool is_stored = false;
};

/// Each field is a byte that names it (glue.js has the same numbers), the size of its value as
/// four bytes, and the value; numbers take four bytes, all little-endian. A block that glue.js did
/// not write is read as far as it makes sense.
[[nodiscard]] ConnectArguments read_connect_arguments(Bytes block);

}  // namespace wsmq::wasm
