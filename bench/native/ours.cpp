// wsmq::native::Client in one thread. At QoS 0 it publishes some hundred messages and lets the loop turn; at QoS 1 each
// acknowledgement lets the next message go.
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>

#include "frames.hpp"
#include "traffic.hpp"
#include "wsmq/native/client.hpp"

namespace {

using namespace bench;
namespace asio = boost::asio;
using wsmq::Qos;
using wsmq::native::ErrorCode;

constexpr int in_a_turn = 256;

wsmq::native::ClientOptions options(const Parameters& parameters) {
    wsmq::native::ClientOptions options;
    options.connect.version = wsmq::Version::v3_1_1;
    options.connect.client_id = "ours-" + std::string{parameters.role};
    return options;
}

class Ours {
public:
    explicit Ours(const Parameters& parameters)
        : parameters_{parameters},
          client_{io_.get_executor(), "mqtt://127.0.0.1:" + std::to_string(parameters.port), options(parameters)},
          payloads_{parameters.size},
          checker_{parameters.size} {}

    void run() {
        client_.async_connect([this](ErrorCode error, const auto&) {
            if (error) fail("cannot connect");
            if (parameters_.role == "receive") return subscribe();
            meter_.start();
            schedule_ = Schedule{parameters_.duration};
            client_.on_queue_drained([this] { publish_many(); });
            if (parameters_.qos == 0) return publish_many();
            for (std::size_t i = 0; i < parameters_.window; ++i) publish_next();
        });
        io_.run();
    }

private:
    void publish_many() {
        if (finishing_) return;
        for (int i = 0; i < in_a_turn; ++i) {
            if (schedule_.is_over()) return finish();
            if (!client_.publish(data_topic, payloads_.next())) fail("refused to publish");
            // It had to wait: the broker is slow, and queue_drained follows.
            if (client_.unfinished_messages() > 0) return;
        }
        asio::post(io_, [this] { publish_many(); });
    }

    void publish_next() {
        if (schedule_.is_over()) {
            if (in_flight_ == 0) finish();
            return;
        }
        ++in_flight_;
        client_.async_publish(data_topic, payloads_.next(), {.qos = Qos::at_least_once},
                              [this](ErrorCode error, const auto&) {
                                  if (error) fail("not acknowledged");
                                  --in_flight_;
                                  publish_next();
                              });
    }

    void finish() {
        finishing_ = true;
        client_.async_publish(data_topic, payloads_.last(), {.qos = Qos::at_least_once},
                              [this](ErrorCode error, const auto&) {
                                  if (error) fail("not acknowledged");
                                  meter_.report(payloads_.count());
                                  client_.async_disconnect(asio::detached);
                              });
    }

    void subscribe() {
        const auto receive = [this](const wsmq::Message& message) {
            if (!checker_.check(message.topic, data_topic, message.payload.data(), message.payload.size())) return;
            meter_.report(checker_.count(), checker_.wrong());
            client_.async_disconnect(asio::detached);
        };
        const wsmq::Subscription subscription{.topic_filter = data_topic, .qos = static_cast<Qos>(parameters_.qos)};
        client_.async_subscribe(subscription, receive, [this](ErrorCode error, const auto&) {
            if (error) fail("cannot subscribe");
            meter_.start();
            tell_ready();
        });
    }

    Parameters parameters_;
    asio::io_context io_{1};
    wsmq::native::Client client_;
    Payloads payloads_;
    Checker checker_;
    Meter meter_;
    Schedule schedule_{{}};
    std::size_t in_flight_ = 0;
    bool finishing_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    Ours{parameters(argc, argv)}.run();
    return 0;
}
