// What every program of the bench shares: its parameters, the messages and how they are compared, and the clock.
#pragma once
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace bench {

struct Parameters {
    std::string_view role;  ///< publish or receive
    std::uint16_t port = 0;
    unsigned qos = 0;
    std::size_t size = 0;  ///< of a payload, in bytes
    std::chrono::milliseconds duration{};
    std::size_t window = 20;  ///< messages of QoS 1 on their way at once
};

[[noreturn]] inline void fail(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::exit(1);
}

/// ROLE PORT QOS SIZE MILLISECONDS
inline Parameters parameters(int argc, char** argv) {
    if (argc != 6) fail("Usage: PROGRAM publish|receive PORT QOS SIZE MILLISECONDS");
    const auto number = [&](int index) { return std::strtoul(argv[index], nullptr, 10); };
    return {.role = argv[1],
            .port = static_cast<std::uint16_t>(number(2)),
            .qos = static_cast<unsigned>(number(3)),
            .size = number(4),
            .duration = std::chrono::milliseconds{number(5)}};
}

/// The payloads: a number, and a pattern in which the bytes differ. The last one has a number of its own, and how many
/// there were before it.
class Payloads {
public:
    explicit Payloads(std::size_t size) : bytes_(size) {
        for (std::size_t i = 8; i < size; ++i) bytes_[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
    }
    const std::vector<std::uint8_t>& next() {
        put(0, count_++);
        return bytes_;
    }
    const std::vector<std::uint8_t>& last() {
        put(0, last_number);
        put(4, count_);
        return bytes_;
    }
    [[nodiscard]] std::uint32_t count() const { return count_; }

    static constexpr std::uint32_t last_number = 0xffffffff;

private:
    void put(std::size_t at, std::uint32_t number) { std::memcpy(bytes_.data() + at, &number, sizeof number); }

    std::vector<std::uint8_t> bytes_;
    std::uint32_t count_ = 0;
};

/// Compares what arrives with what must arrive: every byte, in order, nothing twice.
class Checker {
public:
    explicit Checker(std::size_t size) : expected_(size) {}

    /// Whether this was the last one.
    bool check(std::string_view topic, std::string_view expected_topic, const void* payload, std::size_t size) {
        std::uint32_t number = 0;
        if (size >= 8) std::memcpy(&number, payload, sizeof number);
        const bool last = number == Payloads::last_number;
        const auto& expected = last ? expected_.last() : expected_.next();
        if (topic != expected_topic || size != expected.size() || std::memcmp(payload, expected.data(), size) != 0)
            ++wrong_;
        return last;
    }
    [[nodiscard]] std::uint32_t count() const { return expected_.count(); }
    [[nodiscard]] std::uint32_t wrong() const { return wrong_; }

private:
    Payloads expected_;
    std::uint32_t wrong_ = 0;
};

/// When to stop publishing. Looks at the clock at every 64th question, which then costs next to nothing.
class Schedule {
public:
    explicit Schedule(std::chrono::milliseconds duration) : end_{std::chrono::steady_clock::now() + duration} {}
    bool is_over() {
        if (++asked_ % 64 == 0 && !over_) over_ = std::chrono::steady_clock::now() >= end_;
        return over_;
    }

private:
    std::chrono::steady_clock::time_point end_;
    unsigned asked_ = 0;
    bool over_ = false;
};

/// Time and processor time of this process, threads included.
class Meter {
public:
    void start() {
        time_ = std::chrono::steady_clock::now();
        processor_ = processor();
    }
    /// Prints the row's figures as JSON.
    void report(std::uint32_t count, std::uint32_t wrong = 0) const {
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - time_).count();
        std::printf(R"({"count":%u,"wrong":%u,"seconds":%.9f,"processor":%.9f})"
                    "\n",
                    count, wrong, seconds, processor() - processor_);
        std::fflush(stdout);
    }

private:
    static double processor() {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        const auto seconds = [](const timeval& time) {
            return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
        };
        return seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }

    std::chrono::steady_clock::time_point time_;
    double processor_ = 0;
};

/// The one argument "version": prints it, and ends the program.
inline void tell_version(int argc, char** argv, std::string_view version) {
    if (argc != 2 || std::string_view{argv[1]} != "version") return;
    std::printf("%.*s\n", static_cast<int>(version.size()), version.data());
    std::exit(0);
}

/// A receiver is subscribed: its sender may begin.
inline void tell_ready() {
    std::puts("ready");
    std::fflush(stdout);
}

}  // namespace bench
