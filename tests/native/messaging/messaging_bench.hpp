// Services, webapps and devices around a real broker, each test below a root of its own.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "support/mosquitto_suite.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/device.hpp"
#include "wsmq/native/service.hpp"
#include "wsmq/native/webapp.hpp"

namespace wsmq::native::messaging_test {

using namespace std::chrono_literals;
using nlohmann::json;
using test::Loop;
namespace code = messaging::json_rpc::code;

/// How a request ended.
struct Outcome {
    bool ended = false;
    ErrorCode error;
    Reply reply;
    std::vector<std::string> items;
};

class MessagingBench : public test::MosquittoSuite {
protected:
    static std::string url() { return mosquitto->url("mqtt"); }
    static std::string root() {
        static std::atomic<int> number = 0;
        return "test" + std::to_string(++number) + "/";
    }
    [[nodiscard]] Service::Options service_options(const std::string& service = "orders") const {
        Service::Options options;
        options.root = root_;
        options.service = service;
        return options;
    }
    [[nodiscard]] Webapp::Options webapp_options(std::string_view user = "ann") const {
        Webapp::Options options;
        options.root = root_;
        options.uid = make_uid("acme", user);
        return options;
    }
    std::unique_ptr<Service> make_service() {
        return std::make_unique<Service>(loop.context, url(), service_options());
    }
    std::unique_ptr<Webapp> make_webapp(std::string_view user = "ann") {
        return std::make_unique<Webapp>(loop.context.get_executor(), url(), webapp_options(user));
    }

    template <class Member> void join(Member& member) {
        bool joined = false;
        member.async_join([&](ErrorCode error, const JoinAnswer& answer) {
            EXPECT_FALSE(error) << error.message() << ": " << answer.detail;
            joined = true;
        });
        loop.until([&] { return joined; });
    }
    template <class Member> void leave(Member& member) {
        bool left = false;
        member.async_leave([&](ErrorCode error) {
            EXPECT_FALSE(error) << error.message();
            left = true;
        });
        loop.until([&] { return left; });
    }
    template <class Member> std::pair<ErrorCode, JoinAnswer> fail_to_join(Member& member) {
        std::optional<std::pair<ErrorCode, JoinAnswer>> ended;
        member.async_join([&](ErrorCode error, JoinAnswer answer) { ended.emplace(error, std::move(answer)); });
        loop.until([&] { return ended.has_value(); });
        return *ended;
    }
    std::shared_ptr<Outcome> begin(Webapp& app, Target target, std::string_view method, const json& params = nullptr,
                                   const messaging::RequestOptions& options = {}) {
        auto outcome = std::make_shared<Outcome>();
        app.async_request(
            target, method, params, options, [outcome](std::string_view item) { outcome->items.emplace_back(item); },
            [outcome](ErrorCode error, Reply reply) {
                EXPECT_FALSE(outcome->ended);
                *outcome = {true, error, std::move(reply), std::move(outcome->items)};
            });
        return outcome;
    }
    Outcome ask(Webapp& app, Target target, std::string_view method, const json& params = nullptr,
                const messaging::RequestOptions& options = {}) {
        const auto outcome = begin(app, target, method, params, options);
        loop.until([&] { return outcome->ended; });
        return *outcome;
    }
    Outcome ask(Webapp& app, std::string_view method, const json& params = nullptr) {
        return ask(app, Target::service("orders"), method, params);
    }

    const std::string root_ = root();
};

}  // namespace wsmq::native::messaging_test
