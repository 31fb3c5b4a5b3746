// What the broker announced and how fast it is, the checks of probes.hpp, and how long it keeps an idle connection.
#pragma once
#include <string>

#include "doctor/diagnosis.hpp"
#include "doctor/reach.hpp"

namespace wsmq::command {

[[nodiscard]] BrokerFacts announced(Connection&, Version);

/// With messages below `topic`. Adds facts and findings. Throws Stopped.
net::awaitable<void> measure(Checkup&, const native::Url&, Connection&, Version, const std::string& topic, Diagnosis&);

/// Those that the broker accepts beside `known`. There must be no other connection. Throws Stopped.
net::awaitable<std::vector<Version>> versions_of(Checkup&, const native::Url&, Version known);

/// Leaves a connection without traffic, to find proxies that cut those. Throws Stopped.
net::awaitable<void> leave_idle(Checkup&, const native::Url&, Version, double seconds, Diagnosis&);

}  // namespace wsmq::command
