// Why a step of an opening, or a transport that was open, came to its end.
#pragma once
#include <string>

#include "wsmq/native/transport_error.hpp"

namespace wsmq::native {

struct Failure {
    TransportError error;
    std::string detail;  ///< for Transport::failure_detail()
};

}  // namespace wsmq::native
