// Metrics over HTTP, for whoever asks well, and for whoever does not.
#include "wsmq/native/metrics_endpoint.hpp"

#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <list>

#include "support/loop.hpp"

namespace wsmq::native::messaging_test {
namespace {

using boost::asio::ip::tcp;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr auto request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends a text, and reads until the other side ends the connection.
struct Scraper {
    Scraper(boost::asio::io_context& context, std::uint16_t port, std::string text)
        : socket{context}, sent{std::move(text)} {
        socket.connect({boost::asio::ip::address_v4::loopback(), port});
        boost::asio::async_write(socket, boost::asio::buffer(sent), [](const auto&, std::size_t) {});
        boost::asio::async_read(socket, boost::asio::dynamic_buffer(answer),
                                [this](const auto&, std::size_t) { ended = true; });
    }
    tcp::socket socket;
    std::string sent;
    std::string answer;
    bool ended = false;
};

class MetricsEndpointTest : public testing::Test {
protected:
    MetricsEndpointTest() { EXPECT_FALSE(endpoint.listen({boost::asio::ip::address_v4::loopback(), 0})); }

    std::string ask(const std::string& text) {
        Scraper scraper{loop.context, endpoint.port(), text};
        loop.until([&] { return scraper.ended; });
        return scraper.answer;
    }

    test::Loop loop;
    int times = 0;
    MetricsEndpoint endpoint{loop.context.get_executor(),
                             [this] { return "wsmq_times " + std::to_string(++times) + "\n"; },
                             std::chrono::milliseconds{1'000}};
};

TEST_F(MetricsEndpointTest, AnswersEachRequestWithWhatIsSoNow) {
    EXPECT_THAT(ask(request), testing::AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                                             HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
                                             HasSubstr("Connection: close\r\n"), HasSubstr("\r\n\r\nwsmq_times 1\n")));
    EXPECT_THAT(ask("GET /metrics?name[]=up HTTP/1.0\r\n\r\n"), HasSubstr("wsmq_times 2\n"));
}

TEST_F(MetricsEndpointTest, HasNothingElse) {
    EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask("GET /metrics/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(ask("DELETE /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                testing::AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET\r\n")));
    EXPECT_EQ(times, 0);
}

TEST_F(MetricsEndpointTest, RefusesWhatIsNoRequest) {
    const std::string long_header = "GET /metrics HTTP/1.1\r\nX: " + std::string(5'000, 'x') + "\r\n\r\n";
    for (const std::string& text : {std::string{"nonsense\r\n\r\n"}, std::string{"GET /metrics HTTP/9.9\r\n\r\n"},
                                    std::string{"GET /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"},
                                    std::string{"GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n"}, long_header})
        EXPECT_THAT(ask(text), StartsWith("HTTP/1.1 400 ")) << text.substr(0, 60);
    EXPECT_EQ(times, 0);
    EXPECT_THAT(ask(request), StartsWith("HTTP/1.1 200 "));
}

TEST_F(MetricsEndpointTest, ServesEightAtATimeAndTheOthersLater) {
    std::list<Scraper> slow;
    for (int i = 0; i < 8; ++i) slow.emplace_back(loop.context, endpoint.port(), "GET /metr");
    Scraper waiting{loop.context, endpoint.port(), request};
    loop.until([&] { return slow.front().ended || waiting.ended; });
    EXPECT_FALSE(waiting.ended) << "before one of the others was given up";
    EXPECT_THAT(slow.front().answer, IsEmpty());
    loop.until([&] { return waiting.ended; });
    EXPECT_THAT(waiting.answer, HasSubstr("wsmq_times 1\n"));
}

TEST_F(MetricsEndpointTest, EndsItsConnectionsWhenItIsClosed) {
    Scraper slow{loop.context, endpoint.port(), "GET /metr"};
    EXPECT_THAT(ask(request), HasSubstr("wsmq_times 1\n"));
    endpoint.close();
    loop.until([&] { return slow.ended; });
    EXPECT_THAT(slow.answer, IsEmpty());
    EXPECT_EQ(endpoint.port(), 0);
    EXPECT_EQ(times, 1);
}

TEST_F(MetricsEndpointTest, SaysThatAnAddressIsTaken) {
    MetricsEndpoint other{loop.context.get_executor(), [] { return std::string{}; }};
    const auto error = other.listen({boost::asio::ip::address_v4::loopback(), endpoint.port()});
    EXPECT_EQ(error, boost::asio::error::address_in_use);
    EXPECT_EQ(other.port(), 0);
}

}  // namespace
}  // namespace wsmq::native::messaging_test
