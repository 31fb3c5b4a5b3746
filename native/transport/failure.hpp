// Why opening a transport failed, or why an open one ended.
#pragma once
#include <boost/system/error_code.hpp>
#include <string>

#include "wsmq/native/transport_error.hpp"

namespace wsmq::native {

struct Failure {
    TransportError error;
    std::string detail;                 ///< for Transport::failure_detail()
    boost::system::error_code cause{};  ///< for Transport::failure_cause()
};

}  // namespace wsmq::native
