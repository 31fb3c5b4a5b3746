// Why opening a transport failed, or why an open one ended.
#pragma once
#include <string>

#include "wsmq/native/transport_error.hpp"

namespace wsmq::native {

struct Failure {
    TransportError error;
    std::string detail;  ///< for Transport::failure_detail()
};

}  // namespace wsmq::native
