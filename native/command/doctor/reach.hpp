// Makes the first connection, or finds out why that cannot be done and what would work.
#pragma once
#include <memory>
#include <utility>
#include <variant>

#include "doctor/diagnosis.hpp"
#include "doctor/explanation.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

struct Reached {
    std::unique_ptr<Connection> connection;
    Version version;
};

/// Adds findings; where there is no connection, the verdict. Throws Stopped.
net::awaitable<std::variant<Reached, ExitCode>> reach(Checkup&, const native::Url&, Diagnosis&);

}  // namespace wsmq::command
