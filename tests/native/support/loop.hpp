// A loop that a test turns until something is so, and transports with what they were told.
#pragma once
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "wsmq/native/transport.hpp"

namespace wsmq::native::test {

/// Long beyond any sound run; a test that comes to it fails.
constexpr std::chrono::seconds patience{30};

class Loop {
public:
    boost::asio::io_context context;

    /// Turns until it is so. Where there is nothing left to do or patience ends, the test ends at once: nothing may
    /// turn the loop any more, because its handlers write to what the frames below hold.
    template <class Condition>
    void until(Condition condition, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!condition()) {
            context.restart();
            if (context.run_one_until(end) != 0) continue;
            end_test(context.stopped() ? "the loop has nothing left to do" : "it did not become so", file, line);
        }
    }

    /// Turns until another thread has fulfilled its promise. That wakes no loop, so it is looked at now and then.
    template <class Future>
    void until_ready(Future& future, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (future.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
            if (std::chrono::steady_clock::now() > end) end_test("a promise was not kept", file, line);
            context.restart();
            context.run_one_for(std::chrono::milliseconds{2});
            std::this_thread::yield();
        }
    }

    /// Turns until nothing is left to do.
    void run_out() {
        context.restart();
        context.run_for(patience);
        if (!context.stopped()) ADD_FAILURE() << "something is still under way";
    }

private:
    /// Fails it there, and throws what GoogleTest takes as reported already.
    [[noreturn]] static void end_test(const char* why, const char* file, int line) {
        ADD_FAILURE_AT(file, line) << why;
        throw testing::AssertionException{{testing::TestPartResult::kFatalFailure, file, line, why}};
    }
};

/// A transport under test. Everything that it is lent lives as long as the test does.
class Rig {
public:
    Rig(Loop& loop, const std::string& url, const TransportOptions& options = {}) : loop_{loop} {
        const auto parsed = parse_url(url);
        if (const auto* error = std::get_if<UrlError>(&parsed)) ADD_FAILURE() << url << ": " << describe(*error);
        transport = make_transport(loop.context.get_executor(), std::get<Url>(parsed), options);
    }

    std::shared_ptr<Transport> transport;
    std::optional<boost::system::error_code> opened;
    std::optional<boost::system::error_code> read_error;
    std::optional<boost::system::error_code> written;
    std::string received;

    /// Opens it and says how that ended.
    boost::system::error_code open() {
        start_opening();
        loop_.until([&] { return opened.has_value(); });
        return opened.value_or(boost::system::error_code{});
    }
    void start_opening() {
        opened.reset();
        transport->async_open([this](boost::system::error_code error) { opened = error; });
    }

    /// Reads until so many bytes came, or an error.
    std::string read(std::size_t size) {
        if (!reading_) start_reading();
        loop_.until([&] { return received.size() >= size || read_error.has_value(); });
        return received;
    }
    /// Reads until an error.
    boost::system::error_code read_to_the_end() {
        if (!reading_) start_reading();
        loop_.until([&] { return read_error.has_value(); });
        return read_error.value_or(boost::system::error_code{});
    }
    void start_reading() {
        reading_ = true;
        transport->async_read_some(boost::asio::buffer(buffer_),
                                   [this](boost::system::error_code error, std::size_t size) {
                                       reading_ = false;
                                       if (error) {
                                           read_error = error;
                                           return;
                                       }
                                       received.append(buffer_.data(), size);
                                       start_reading();
                                   });
    }

    boost::system::error_code write(std::string bytes) {
        start_writing(std::move(bytes));
        loop_.until([&] { return written.has_value(); });
        return written.value_or(boost::system::error_code{});
    }
    void start_writing(std::string bytes) {
        outbound_ = std::move(bytes);
        written.reset();
        transport->async_write(boost::asio::buffer(outbound_),
                               [this](boost::system::error_code error, std::size_t size) {
                                   EXPECT_TRUE(error || size == outbound_.size());
                                   written = error;
                               });
    }

    [[nodiscard]] std::string detail() const { return transport->failure_detail(); }
    [[nodiscard]] boost::system::error_code cause() const { return transport->failure_cause(); }

private:
    Loop& loop_;
    std::vector<char> buffer_ = std::vector<char>(16u << 10);
    std::string outbound_;
    bool reading_ = false;
};

}  // namespace wsmq::native::test
