// Runs the cases of a microbenchmark: nanoseconds an operation, the least of several samples, as whatever else the
// machine does only ever adds to it.
//
//   PROGRAM                       all cases, timed
//   PROGRAM CASE...               those cases
//   PROGRAM --count N CASE...     each case N times, untimed and in silence: for callgrind, as in
//                                 valgrind --tool=callgrind PROGRAM --count 100000 decode_publish
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Tells the compiler that the value is used, and that it might be anything by now.
template <class T> void keep(T& value) { asm volatile("" : "+m"(value) : : "memory"); }

struct Case {
    std::string_view name;
    void (*run)(std::uint64_t count);
};

inline double seconds(const Case& one, std::uint64_t count) {
    const auto start = std::chrono::steady_clock::now();
    one.run(count);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double nanoseconds(const Case& one) {
    std::uint64_t count = 1000;
    while (seconds(one, count) < 0.02) count *= 2;
    std::array<double, 9> samples{};
    for (double& sample : samples) sample = seconds(one, count) * 1e9 / static_cast<double>(count);
    return *std::min_element(samples.begin(), samples.end());
}

inline int run(std::span<const Case> cases, int argc, char** argv) {
    std::vector<std::string_view> wanted(argv + 1, argv + argc);
    std::uint64_t count = 0;
    if (wanted.size() >= 2 && wanted[0] == "--count") {
        count = std::strtoull(argv[2], nullptr, 10);
        wanted.erase(wanted.begin(), wanted.begin() + 2);
    }
    for (const Case& one : cases) {
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), one.name) == wanted.end()) continue;
        if (count != 0) {
            one.run(count);
        } else {
            std::printf("%-32s %9.1f ns\n", std::string{one.name}.c_str(), nanoseconds(one));
        }
    }
    return 0;
}

}  // namespace bench
