// A service and a webapp that asks it.
#pragma once
#include <memory>

#include "messaging/messaging_bench.hpp"

namespace wsmq::native::messaging_test {

class NativeService : public MessagingBench {
protected:
    /// Both have joined.
    void set_up() {
        join(*service);
        join(*app);
    }

    std::unique_ptr<Service> service = make_service();
    std::unique_ptr<Webapp> app = make_webapp();
};

}  // namespace wsmq::native::messaging_test
