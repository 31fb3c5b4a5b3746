// The subcommands. They throw UsageError and CommandError.
#pragma once
#include "arguments/command_arguments.hpp"
#include "arguments/doctor_arguments.hpp"
#include "arguments/messaging_arguments.hpp"
#include "exit_code.hpp"

namespace wsmq::command {

[[nodiscard]] ExitCode run_pub(const PubArguments&);
[[nodiscard]] ExitCode run_sub(const SubArguments&);
[[nodiscard]] ExitCode run_bench(const BenchArguments&);
[[nodiscard]] ExitCode run_doctor(const DoctorArguments&);
[[nodiscard]] ExitCode run_request(const RequestArguments&);
[[nodiscard]] ExitCode run_serve(const ServeArguments&);
[[nodiscard]] ExitCode run_presence(const PresenceArguments&);
[[nodiscard]] ExitCode run_services(const ServicesArguments&);

}  // namespace wsmq::command
