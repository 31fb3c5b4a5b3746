// The options of connect(), which JavaScript has checked.
#pragma once
#include <string>
#include <vector>

#include "wsmq/options.hpp"

namespace wsmq::wasm {

struct ConnectArguments {
    ConnectOptions options;
    std::vector<std::string> uris;
    bool is_stored = false;
    bool is_store_awaited = false;
};

/// The format is described in boundary/options.ts. Of a block that breaks it, the part before the fault is read.
[[nodiscard]] ConnectArguments read_connect_arguments(Bytes block);

}  // namespace wsmq::wasm
