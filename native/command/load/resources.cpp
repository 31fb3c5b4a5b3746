#include "load/resources.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "exit_code.hpp"

namespace wsmq::command {

std::optional<Usage> usage_of(pid_t process) {
    std::ifstream file{"/proc/" + std::to_string(process) + "/stat"};
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    // proc(5): the name is in parentheses and may contain any character. Behind it are fields 3 and following.
    std::istringstream fields{line.substr(line.rfind(')') + 2)};
    constexpr int user_time = 14;
    constexpr int system_time = 15;
    constexpr int resident_pages = 24;
    Usage usage;
    std::string field;
    for (int number = 3; number <= resident_pages && fields >> field; ++number) {
        if (number == user_time || number == system_time)
            usage.processor_seconds += std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
        if (number == resident_pages)
            usage.resident_bytes = std::stoull(field) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    }
    return usage;
}

Usage own_usage() { return usage_of(getpid()).value_or(Usage{}); }

void allow_open_files(std::uint64_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= count) return;
    const rlimit raised{limit.rlim_max, limit.rlim_max};
    if (limit.rlim_max >= count && setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
    throw UsageError{"So many connections need " + std::to_string(count) + " open files, and " +
                     std::to_string(limit.rlim_max) +
                     " are allowed: raise the hard limit (ulimit -Hn, or LimitNOFILE of systemd)."};
}

}  // namespace wsmq::command
